/**
 * A run's note as it is typed, ahead of what the host has: saved a moment after the last key. What was changed elsewhere
 * comes in, unless something here is not saved yet: then it is a question which text stays.
 */
import { createStore } from "zustand";
import type { StoreApi } from "zustand";
import type { RunId, RunNote } from "#shared/schema/run.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import type { Host } from "#renderer/bridge/host.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

const QUIET_MS = 600;
const TRY_AGAIN_MS = 2000;

export interface NoteState {
  readonly text: string;
  readonly saved: RunNote;
  readonly failure: Failure | undefined;
  /** The note as it was changed elsewhere since, where that is the question. */
  readonly other: RunNote | undefined;
}

type HostPart = Pick<Host["cockpit"], "note" | "setNote">;

export class NoteDraft {
  readonly #runId: RunId;
  readonly #host: HostPart;
  readonly store: StoreApi<NoteState>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> | undefined;

  constructor(runId: RunId, note: RunNote, host: HostPart) {
    this.#runId = runId;
    this.#host = host;
    this.store = createStore(() => ({
      text: note.text,
      saved: note,
      failure: undefined,
      other: undefined,
    }));
  }

  state(): NoteState {
    return this.store.getState();
  }

  /** Shows the new text and saves it soon. */
  edit(text: string): void {
    this.#set({ text });
    if (this.state().other === undefined) this.#saveIn(QUIET_MS);
  }

  /** Resolves when everything typed is with the host. Rejects where it cannot be. */
  readonly flush = async (): Promise<void> => {
    clearTimeout(this.#timer);
    this.#work ??= this.#save().finally(() => {
      this.#work = undefined;
    });
    await this.#work;
  };

  /** Flushes; what fails is in the state, and tried again. */
  readonly saveNow = (): void => {
    this.flush().catch(() => undefined);
  };

  /** What the host has now. An answer that was asked for earlier than the last save is old. */
  heard(note: RunNote): void {
    const { text, saved } = this.state();
    if ((note.changedAtMs ?? -1) <= (saved.changedAtMs ?? -1)) return;
    if (text === saved.text || text === note.text) this.#adopt(note);
    // What is under way meets it at the host, where it may be its own echo.
    else if (this.#work === undefined) this.#ask(note);
  }

  /** Of two texts, the other. */
  takeOther(): void {
    const { other } = this.state();
    if (other !== undefined) this.#adopt(other);
  }

  /** Of two texts, this one. */
  keepMine(): void {
    const { other } = this.state();
    if (other === undefined) return;
    this.#set({ saved: other, other: undefined });
    this.saveNow();
  }

  async #save(): Promise<void> {
    while (this.state().text !== this.state().saved.text) {
      const { text, saved, other } = this.state();
      if (other !== undefined) throw new Error("Say first which of the two notes stays.");
      try {
        const { changedAtMs } = saved;
        const written = await this.#host.setNote({ runId: this.#runId, text, changedAtMs });
        this.#set({ saved: written, failure: undefined });
      } catch (error) {
        await this.#failed(error);
        throw error;
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    try {
      const note = await this.#host.note({ runId: this.#runId });
      if (note.changedAtMs !== this.state().saved.changedAtMs) {
        this.#ask(note);
        return;
      }
    } catch {
      // The host is not to be had: what is typed waits for it.
    }
    this.#set({ failure: failureOf(error) });
    this.#saveIn(TRY_AGAIN_MS);
  }

  #ask(other: RunNote): void {
    clearTimeout(this.#timer);
    this.#set({ other, failure: undefined });
  }

  #adopt(note: RunNote): void {
    clearTimeout(this.#timer);
    this.#set({ text: note.text, saved: note, failure: undefined, other: undefined });
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.saveNow, ms);
  }

  #set(change: Partial<NoteState>): void {
    this.store.setState(change);
  }
}
