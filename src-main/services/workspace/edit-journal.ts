/**
 * Every edit goes through here: done, written down and announced as one, so that it can be undone
 * after a restart too. An area registers how its kind of edit is applied; forwards and backwards are
 * payloads of the same shape.
 */
import type { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { Edit, EditScope, EditState } from "#shared/schema/edit.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import type { Store } from "#main/store/store.ts";
import type { LiveEvents } from "./live-events.ts";

/** How one kind of edit is applied, in either direction, and what windows are told of it. */
export interface EditKind<Payload> {
  readonly payload: z.ZodType<Payload>;
  /** Within the journal's transaction. May throw AppError: then nothing happened. */
  apply(payload: Payload): void;
  events(payload: Payload): readonly LiveEvent[];
  /** The one record that changed and is still there, where it is one. */
  record?(payload: Payload): number | undefined;
}

/** The door of one area to the journal. */
export interface EditPen<Payload> {
  /** Does it and writes it down; both or neither. */
  write(edit: {
    readonly scope: EditScope;
    /** What undo will say it takes back, e.g. "accept 412 records". */
    readonly label: string;
    readonly forward: Payload;
    readonly inverse: Payload;
    /** The same key is done once: a repeated send gives the first edit. */
    readonly key?: string | undefined;
  }): Edit;
}

interface Applied {
  readonly events: readonly LiveEvent[];
  readonly record: number | undefined;
}

interface AnyKind {
  apply(payload: unknown): Applied;
}

export class EditJournal {
  readonly #store: Store;
  readonly #live: LiveEvents;
  readonly #now: () => number;
  readonly #kinds = new Map<string, AnyKind>();

  constructor(deps: {
    readonly store: Store;
    readonly live: LiveEvents;
    readonly now: () => number;
  }) {
    this.#store = deps.store;
    this.#live = deps.live;
    this.#now = deps.now;
  }

  /** `kind` stands in the store: it never changes its name or the shape of its payload. */
  register<Payload>(kind: string, area: EditKind<Payload>): EditPen<Payload> {
    this.#kinds.set(kind, {
      apply: (payload) => {
        const parsed = area.payload.parse(payload);
        area.apply(parsed);
        return { events: area.events(parsed), record: area.record?.(parsed) };
      },
    });
    return {
      write: (edit) => {
        if (edit.key !== undefined) {
          const done = this.#store.edits.byKey(edit.key);
          if (done !== undefined) return done;
        }
        const { written, events } = this.#store.transaction(() => ({
          events: this.#apply(kind, edit.forward).events,
          written: this.#store.edits.insert({
            scope: edit.scope,
            kind,
            label: edit.label,
            timeMs: this.#now(),
            key: edit.key ?? null,
            forward: edit.forward,
            inverse: edit.inverse,
          }),
        }));
        this.#announce(written.scope, events);
        return written;
      },
    };
  }

  state(scope: EditScope | undefined): EditState {
    return this.#store.edits.state(scope);
  }

  history(scope: EditScope | undefined, limit: number): Edit[] {
    return this.#store.edits.history(scope, limit);
  }

  /** The edit that a repeated send means, where it was done. */
  doneBefore(key: string | undefined): Edit | undefined {
    return key === undefined ? undefined : this.#store.edits.byKey(key);
  }

  /** Throws CONFLICT where there is nothing to undo. */
  undo(scope: EditScope | undefined): Edit {
    return this.#turn(scope, "undo");
  }

  /** Throws CONFLICT where there is nothing to redo. */
  redo(scope: EditScope | undefined): Edit {
    return this.#turn(scope, "redo");
  }

  #turn(scope: EditScope | undefined, way: "undo" | "redo"): Edit {
    const { edit, events, record } = this.#store.transaction(() => {
      const last = this.state(scope)[way];
      if (last === null) {
        throw new AppError(
          "CONFLICT",
          `There is nothing to ${way}.`,
          way === "redo" ? "Redo does again what was undone last." : undefined,
        );
      }
      const { forward, inverse } = this.#store.edits.payload(last.id);
      const applied = this.#apply(last.kind, way === "undo" ? inverse : forward);
      this.#store.edits.setState(last.id, way === "undo" ? "undone" : "done");
      return { edit: this.#store.edits.get(last.id), ...applied };
    });
    this.#announce(edit.scope, events);
    return record === undefined ? edit : { ...edit, record };
  }

  #apply(kind: string, payload: unknown): Applied {
    const area = this.#kinds.get(kind);
    if (area === undefined) throw new Error(`nobody registered edits of the kind "${kind}"`);
    return area.apply(payload);
  }

  #announce(scope: EditScope, events: readonly LiveEvent[]): void {
    this.#live.publish([...events, { type: "edits", scope, state: this.state(scope) }]);
  }
}
