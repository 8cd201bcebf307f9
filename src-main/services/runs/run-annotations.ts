/** What people write on runs, as edits that can be undone: one that concerns a single run belongs to that run's scope, one of several to "runs". */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { EditScope } from "#shared/schema/edit.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { RunId, RunNote, Tag } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import type { EditJournal, EditPen } from "../workspace/edit-journal.ts";

/** Payloads stand in the store: their shapes never change. */
const NoteChange = z.strictObject({ runId: RunId, text: RunNote.shape.text });
type NoteChange = z.infer<typeof NoteChange>;
/** Runs whose tags change alike stand together. */
const TagChange = z.strictObject({
  runIds: z.array(RunId),
  add: z.array(Tag),
  remove: z.array(Tag),
});
type TagChange = z.infer<typeof TagChange>;
const TagChanges = z.strictObject({ changes: z.array(TagChange) });
type TagChanges = z.infer<typeof TagChanges>;

/** Of the edits that concern this run alone. */
export function runScope(runId: RunId): EditScope {
  return `run:${runId}`;
}

export interface RunAnnotationsDeps {
  readonly store: Store;
  readonly journal: EditJournal;
  readonly now: () => number;
}

export class RunAnnotations {
  readonly #store: Store;
  readonly #notes: EditPen<NoteChange>;
  readonly #tags: EditPen<TagChanges>;

  constructor({ store, journal, now }: RunAnnotationsDeps) {
    this.#store = store;
    this.#notes = journal.register("run-note", {
      payload: NoteChange,
      apply: ({ runId, text }) => {
        // Its time names the text that a window has seen, so it rises even where the clock does not.
        const before = store.annotations.note(runId).changedAtMs;
        store.annotations.setNote(runId, text, Math.max(now(), (before ?? -1) + 1));
      },
      events: ({ runId }) => this.#events([runId]),
    });
    this.#tags = journal.register("run-tags", {
      payload: TagChanges,
      apply: ({ changes }) => {
        for (const { runIds, add, remove } of changes)
          store.annotations.tag(this.#there(runIds), add, remove);
      },
      events: ({ changes }) => this.#events(changes.flatMap(({ runIds }) => runIds)),
    });
  }

  /** Throws NOT_FOUND. */
  note(runId: RunId): RunNote {
    this.#store.runs.summary(runId);
    return this.#store.annotations.note(runId);
  }

  /** Throws NOT_FOUND, and CONFLICT where the note was changed since `seenAtMs`. */
  setNote(runId: RunId, text: string, seenAtMs: number | null): RunNote {
    const { stageName } = this.#store.runs.summary(runId);
    const before = this.#store.annotations.note(runId);
    if (before.changedAtMs !== seenAtMs) {
      throw new AppError(
        "CONFLICT",
        "The note was changed elsewhere since you began.",
        "Keep what you wrote, which then replaces the other, or take the other.",
      );
    }
    if (before.text === text) return before;
    this.#notes.write({
      scope: runScope(runId),
      label: `change the note of ${stageName}`,
      forward: { runId, text },
      inverse: { runId, text: before.text },
    });
    return this.#store.annotations.note(runId);
  }

  /** Changes the tags of all named runs or of none. Throws NOT_FOUND. */
  tag(runIds: readonly RunId[], add: readonly Tag[], remove: readonly Tag[]): void {
    const taken = new Set(remove);
    const wanted = new Set(add.filter((tag) => !taken.has(tag)));
    const runs = [...new Set(runIds)].map((id) => this.#store.runs.summary(id));
    const changes = alike(
      runs.map(({ id, tags }) => ({
        runId: id,
        add: [...wanted].filter((tag) => !tags.includes(tag)),
        remove: tags.filter((tag) => taken.has(tag)),
      })),
    );
    const changed = new Set(changes.flatMap((change) => change.runIds));
    const [first, ...others] = runs.filter(({ id }) => changed.has(id));
    if (first === undefined) return;
    this.#tags.write({
      scope: others.length === 0 ? runScope(first.id) : "runs",
      label: tagLabel(
        [...wanted],
        [...taken],
        others.length === 0 ? first.stageName : `${changed.size.toLocaleString("en-US")} runs`,
      ),
      forward: { changes },
      inverse: {
        changes: changes.map((change) => ({ ...change, add: change.remove, remove: change.add })),
      },
    });
  }

  /** The runs are gone for good. */
  forget(runIds: readonly RunId[]): void {
    for (const runId of runIds) this.#store.edits.forget(runScope(runId));
  }

  /** An edit of several runs outlives those of them that were deleted. */
  #there(runIds: readonly RunId[]): RunId[] {
    return runIds.filter((runId) => this.#store.runs.has(runId));
  }

  #events(runIds: readonly RunId[]): LiveEvent[] {
    const there = this.#there(runIds);
    return [
      ...there.map((id): LiveEvent => ({ type: "run", run: this.#store.runs.summary(id) })),
      { type: "annotations", runIds: there },
    ];
  }
}

/** Effects that are none are left out. */
function alike(
  effects: readonly { readonly runId: RunId; readonly add: Tag[]; readonly remove: Tag[] }[],
): TagChange[] {
  const real = effects.filter(({ add, remove }) => add.length + remove.length > 0);
  return [...Map.groupBy(real, ({ add, remove }) => JSON.stringify([add, remove])).values()].map(
    (same) => ({
      runIds: same.map(({ runId }) => runId),
      add: same[0]?.add ?? [],
      remove: same[0]?.remove ?? [],
    }),
  );
}

function tagLabel(add: readonly Tag[], remove: readonly Tag[], runs: string): string {
  const [tag, ...others] = [...add, ...remove];
  if (tag === undefined || others.length > 0) return `change the tags of ${runs}`;
  return add.length > 0 ? `put the tag ${tag} on ${runs}` : `take the tag ${tag} off ${runs}`;
}
