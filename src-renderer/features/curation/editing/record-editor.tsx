/**
 * The editor of a record: every part of every turn, with what changed against the model's original. What is typed is
 * written as a draft, and judged, at every pause.
 */
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { DatasetRecord, RecordMessages } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { DiffText } from "#renderer/ui/text/diff-text.tsx";
import { plural } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { diffTexts } from "#renderer/ui/text/word-diff.ts";
import { writeDraft } from "./drafts.ts";
import type { Draft, EditedText } from "./drafts.ts";
import { partText, recordParts, withPart } from "../record/record-parts.ts";
import { useReview } from "../review/review-value.ts";

const TextEditor = lazy(() =>
  import("./text-editor.tsx").then((module) => ({ default: module.TextEditor })),
);

/** Brings the editor's code in an idle moment, so that it is there when the host is not. */
export function useEditorAhead(): void {
  useEffect(() => {
    const request = window.requestIdleCallback(() => {
      import("./text-editor.tsx").catch(() => undefined);
    });
    return () => window.cancelIdleCallback(request);
  }, []);
}

const REST_MS = 250;

export interface RecordEditorProps {
  readonly record: DatasetRecord;
  /** Where the text begins; undefined: from the record's own. */
  readonly draft: Draft | undefined;
}

/** Calls with the last value after a rest, and at once when the page or the editor goes. */
function useRested<T>(value: T, call: (value: T) => void): void {
  const [initial] = useState(value);
  const waits = useRef<{ readonly value: T }>(undefined);
  const flush = useCallback((): void => {
    const now = waits.current;
    waits.current = undefined;
    if (now !== undefined) call(now.value);
  }, [call]);
  useEffect(() => {
    if (value === initial && waits.current === undefined) return undefined;
    waits.current = { value };
    const timer = window.setTimeout(flush, REST_MS);
    return () => window.clearTimeout(timer);
  }, [value, initial, flush]);
  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);
}

function Changes({
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
}): ReactNode {
  const diff = useMemo(() => diffTexts(before, after), [before, after]);
  if (before === after) return null;
  return (
    <details className="editdiff">
      <summary className="s12 t2">
        Against the original: {plural(diff.wordsAdded, "word")} added, {diff.wordsRemoved} removed
      </summary>
      <div className="read plain" dir="auto">
        <DiffText parts={diff.parts} />
      </div>
    </details>
  );
}

export function RecordEditor(props: RecordEditorProps): ReactNode {
  const { record, draft } = props;
  const { workspace, editing } = useReview();
  const { onText, onFacts, leave } = editing;
  const [start] = useState(
    (): EditedText => draft ?? { messages: record.messages, fromRevision: record.revision },
  );
  const [messages, setMessages] = useState(start.messages);
  const [rested, setRested] = useState(start.messages);
  const [failure, setFailure] = useState<Failure>();
  const [roomy, setRoomy] = useState(true);
  const { id } = record;
  const { fromRevision } = start;
  useEffect(() => onText({ messages, fromRevision }), [messages, fromRevision, onText]);
  const keep = useCallback(
    (text: RecordMessages) => {
      setRoomy(writeDraft(workspace, id, { messages: text, fromRevision, atMs: Date.now() }));
      setRested(text);
    },
    [workspace, id, fromRevision],
  );
  useRested(messages, keep);
  useEffect(() => {
    const abort = new AbortController();
    host.datasets.records.check({ recordId: id, messages: rested }, { signal: abort.signal }).then(
      (facts) => {
        if (abort.signal.aborted) return;
        setFailure(undefined);
        onFacts(facts);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setFailure(failureOf(error));
      },
    );
    return () => abort.abort();
  }, [id, rested, onFacts]);
  const [parts] = useState(() => recordParts(start.messages, true));
  const focusAt = parts.findLast(({ kind }) => kind === "reasoning") ?? parts.at(-1);
  return (
    <div role="group" aria-label="Edit the record">
      {!roomy && (
        <p className="s12 warn">
          The browser has no room for this draft: it is kept as long as this page is open.
        </p>
      )}
      {failure !== undefined && <FailureNotice failure={failure} />}
      {record.revision > fromRevision && (
        <p className="s12 warn">
          The record has changed since this draft was begun; saving it will be refused.
        </p>
      )}
      <Suspense fallback={<SkeletonRows rows={8} />}>
        {parts.map((part) => (
          <section key={part.key} aria-label={`${part.label}, editable`} className="editpart">
            <div className="lab">{part.label}</div>
            <TextEditor
              label={part.label}
              text={part.text}
              focused={part === focusAt}
              onLeave={leave}
              onChange={(text) => setMessages((before) => withPart(before, part, text))}
            />
            <Changes before={partText(record.original, part)} after={partText(rested, part)} />
          </section>
        ))}
      </Suspense>
    </div>
  );
}
