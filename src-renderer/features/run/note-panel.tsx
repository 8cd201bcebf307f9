/** What people write on a run: a note, saved as it is written, and tags. */
import { useEffect, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { RunNote, RunSummary } from "#shared/schema/run.ts";
import { failureOf } from "../../bridge/failure.ts";
import { host } from "../../bridge/host.ts";
import { queryCache } from "../../bridge/query-cache.ts";
import { useAct } from "../../bridge/use-act.ts";
import { useQuery } from "../../bridge/use-query.ts";
import { formatWhen } from "../../ui/format.ts";
import { FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import type { Failure } from "../../ui/region-state.tsx";
import { useNow } from "../../ui/use-now.ts";

/** Written down so long after the last key, and when the field is left. */
const QUIET_MS = 600;

function NoteField({ run, note }: { readonly run: RunSummary; readonly note: RunNote }): ReactNode {
  const now = useNow(30_000);
  const [text, setText] = useState(note.text);
  const [saved, setSaved] = useState(note);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (text === saved.text || busy || failure !== undefined) return undefined;
    const timer = window.setTimeout(() => {
      setBusy(true);
      host.cockpit
        .setNote({ runId: run.id, text, changedAtMs: saved.changedAtMs })
        .then(
          (written) => {
            setSaved(written);
            queryCache.invalidate(new Set([`note:${run.id}`]));
          },
          (error: unknown) => setFailure(failureOf(error)),
        )
        .finally(() => setBusy(false));
    }, QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [text, saved, failure, run.id, busy]);
  const { changedAtMs } = saved;
  return (
    <>
      {failure !== undefined && (
        <FailureNotice failure={failure} onRetry={() => setFailure(undefined)} />
      )}
      <textarea
        className="notefield"
        aria-label="Note on this run"
        placeholder="What was tried here, what was seen, what to do next."
        value={text}
        maxLength={100_000}
        onChange={(event) => setText(event.currentTarget.value)}
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

export function TagsLine({ run }: { readonly run: RunSummary }): ReactNode {
  const { busy, failure, run: call } = useAct();
  const [text, setText] = useState("");
  const known = useQuery({
    key: "tags",
    topics: ["tags"],
    fetch: (signal) => host.cockpit.tags(undefined, { signal }),
  });
  const change = (add: readonly string[], remove: readonly string[]): void => {
    void call(async () => {
      await host.cockpit.tag({ runIds: [run.id], add: [...add], remove: [...remove] });
      queryCache.invalidate(new Set(["tags"]));
    });
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
    topics: [],
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
        <NoteField key={`${run.id} ${String(query.atMs)}`} run={run} note={query.data} />
      )}
    </div>
  );
}
