/** What people write on a run: a note, saved as it is written, and tags. */
import { useEffect, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { useStore } from "zustand";
import type { RunId, RunNote, RunSummary } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { addWriter } from "#renderer/bridge/pending-writes.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { NoteDraft } from "./note-draft.ts";

/** Of the other note, where two meet. */
const SHOWN = 200;

/** By run: what is typed outlives the panel, and so does what could not be saved. */
const drafts = new Map<RunId, NoteDraft>();

function draftOf(runId: RunId, note: RunNote): NoteDraft {
  const draft = drafts.get(runId) ?? new NoteDraft(runId, note, host.cockpit);
  drafts.set(runId, draft);
  return draft;
}

/** Keyed by the run. */
function NoteField({ runId, note }: { readonly runId: RunId; readonly note: RunNote }): ReactNode {
  const now = useNow(30_000);
  const [draft] = useState(() => draftOf(runId, note));
  const { text, saved, failure, other } = useStore(draft.store);
  useEffect(() => draft.heard(note), [draft, note]);
  useEffect(() => {
    const stop = addWriter(draft.flush);
    return () => {
      stop();
      draft.saveNow();
    };
  }, [draft]);
  const { changedAtMs } = saved;
  return (
    <>
      {other !== undefined && (
        <div className="notice warn" role="alert">
          <Glyph name="warn" className="warn" />
          <span className="grow">
            This note was changed elsewhere meanwhile
            {other.text === "" ? ": it is empty there." : `, to “${excerpt(other.text)}”`}
          </span>
          <button type="button" className="btn small" onClick={() => draft.takeOther()}>
            Take the other
          </button>
          <button type="button" className="btn small" onClick={() => draft.keepMine()}>
            Keep this one
          </button>
        </div>
      )}
      {failure !== undefined && <FailureNotice failure={failure} onRetry={draft.saveNow} />}
      <textarea
        className="notefield"
        aria-label="Note on this run"
        placeholder="What was tried here, what was seen, what to do next."
        value={text}
        maxLength={100_000}
        onChange={(event) => draft.edit(event.currentTarget.value)}
        onBlur={draft.saveNow}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      <div className="flex s11 t3 bt groupfoot" role="status">
        {text === saved.text
          ? changedAtMs === null
            ? "Saved as you write."
            : `Saved ${formatWhen(changedAtMs, now)}`
          : "Not saved yet"}
      </div>
    </>
  );
}

function excerpt(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

export function TagsLine({ run }: { readonly run: RunSummary }): ReactNode {
  const { busy, failure, run: call } = useAct();
  const [text, setText] = useState("");
  const known = useQuery({
    key: "tags",
    topics: ["tags"],
    fetch: (signal) => host.cockpit.tags(undefined, { signal }),
  });
  const change = (add: readonly string[], remove: readonly string[]): void => {
    void call(() => host.cockpit.tag({ runIds: [run.id], add: [...add], remove: [...remove] }));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || text.trim() === "") return;
    event.preventDefault();
    change([text.trim()], []);
    setText("");
  };
  return (
    <div className="groups searchline">
      <span className="t3">Tags</span>
      {run.tags.map((tag) => (
        <span key={tag} className="chip">
          <span className="ell tagname" title={tag}>
            {tag}
          </span>
          <button
            type="button"
            className="linkbtn"
            aria-label={`Take the tag ${tag} off`}
            disabled={busy}
            onClick={() => change([], [tag])}
          >
            ✕
          </button>
        </span>
      ))}
      <input
        className="input tagfield"
        aria-label="New tag"
        placeholder="New tag, ↵"
        list="known-tags"
        maxLength={60}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <datalist id="known-tags">
        {known.data?.map(({ tag }) => (
          <option key={tag} value={tag}>
            {tag}
          </option>
        ))}
      </datalist>
      {failure !== undefined && <span className="fail">✕ {failure.message}</span>}
    </div>
  );
}

export function NotePanel({ run }: { readonly run: RunSummary }): ReactNode {
  const query = useQuery({
    key: `note:${run.id}`,
    topics: [`note:${run.id}`],
    fetch: (signal) => host.cockpit.note({ runId: run.id }, { signal }),
  });
  return (
    <div className="logpanel bt">
      <TagsLine run={run} />
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined ? (
        query.failure === undefined && <SkeletonRows rows={3} />
      ) : (
        <NoteField key={run.id} runId={run.id} note={query.data} />
      )}
    </div>
  );
}
