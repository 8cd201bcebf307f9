/**
 * The text that is being edited, ahead of what the host has. Edits show at once and are saved a moment later, several
 * of the same kind as one; undo and redo are the host's, so they survive a restart. What could not be saved is kept and
 * tried again.
 */
import { createStore } from "zustand";
import type { StoreApi } from "zustand";
import type { RecipeId, SavedRecipe } from "#shared/schema/recipe-draft.ts";
import type { Host } from "#renderer/bridge/host.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

const SAVE_AFTER_MS = 400;
const TRY_AGAIN_MS = 2000;

export interface DraftState {
  readonly text: string;
  readonly saved: SavedRecipe;
  readonly saving: "saved" | "waiting" | "saving";
  readonly failure: Failure | undefined;
  /** Somebody else saved meanwhile: this is the question which text to keep. */
  readonly conflict: boolean;
}

type HostPart = Pick<Host, "recipes" | "edits">;

export class RecipeDraft {
  readonly #id: RecipeId;
  readonly #host: HostPart;
  readonly store: StoreApi<DraftState>;
  #label: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(saved: SavedRecipe, host: HostPart) {
    this.#id = saved.id;
    this.#host = host;
    this.store = createStore(() => ({
      text: saved.yaml,
      saved,
      saving: "saved",
      failure: undefined,
      conflict: false,
    }));
  }

  state(): DraftState {
    return this.store.getState();
  }

  /** Shows the new text and saves it soon. Edits of one label in a row are one edit to undo. */
  edit(label: string, text: string): void {
    if (text === this.state().text) return;
    if (this.#label !== undefined && this.#label !== label) this.#saveNow();
    this.#label = label;
    this.#set({ text, saving: "waiting" });
    this.#saveIn(SAVE_AFTER_MS);
  }

  /** Resolves when everything typed is with the host, or could not be. */
  async flush(): Promise<void> {
    if (this.#label !== undefined) this.#saveNow();
    await this.#work;
  }

  async turn(way: "undo" | "redo"): Promise<void> {
    await this.flush();
    if (this.state().saving !== "saved") return;
    try {
      await this.#host.edits[way]({ scope: `recipe:${this.#id}` });
      await this.load();
    } catch (error) {
      this.#set({ failure: failureOf(error) });
    }
  }

  /** Takes the host's text, and drops what is here. */
  async load(): Promise<void> {
    this.#label = undefined;
    clearTimeout(this.#timer);
    this.#adopt(await this.#host.recipes.get({ id: this.#id }), true);
  }

  /** What the host has now: taken over unless something here is not saved yet. */
  heard(saved: SavedRecipe): void {
    if (saved.revision <= this.state().saved.revision) return;
    if (this.state().saving === "saved") this.#adopt(saved, true);
  }

  /** Of two texts, this one. */
  async keepMine(): Promise<void> {
    const theirs = await this.#host.recipes.get({ id: this.#id });
    this.#label ??= "edit the text";
    this.#set({ saved: theirs, conflict: false });
    await this.flush();
  }

  #adopt(saved: SavedRecipe, withText: boolean): void {
    this.#set({
      saved,
      ...(withText ? { text: saved.yaml } : {}),
      saving: this.#label === undefined ? "saved" : "waiting",
      failure: undefined,
      conflict: false,
    });
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#saveNow(), ms);
  }

  #saveNow(): void {
    clearTimeout(this.#timer);
    const label = this.#label;
    if (label === undefined || this.state().conflict) return;
    const { text } = this.state();
    this.#label = undefined;
    this.#work = this.#work.then(() => this.#save(label, text));
  }

  async #save(label: string, yaml: string): Promise<void> {
    this.#set({ saving: "saving" });
    try {
      const { revision } = this.state().saved;
      const saved = await this.#host.recipes.save({ id: this.#id, yaml, revision, label });
      this.#adopt(saved, this.state().text === yaml);
    } catch (error) {
      this.#label ??= label;
      const failure = failureOf(error);
      const conflict = isConflict(error);
      this.#set({ saving: "waiting", failure, conflict });
      if (!conflict) this.#saveIn(TRY_AGAIN_MS);
    }
  }

  #set(change: Partial<DraftState>): void {
    this.store.setState(change);
  }
}

function isConflict(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "CONFLICT"
  );
}
