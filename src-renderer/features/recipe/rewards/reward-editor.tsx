/** One reward of the workspace, edited: checked as it is written, saved with undo, its unsaved text kept over a reload. */
import { lazy, Suspense, useState } from "react";
import type { ReactNode } from "react";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { EditState } from "#shared/schema/edit.ts";
import type { RewardFileText, RewardPath } from "#shared/schema/reward-file.ts";
import { host } from "#renderer/bridge/host.ts";
import { askAgain, queryOf } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { forgetRewardDraft, readRewardDraft, writeRewardDraft } from "./reward-drafts.ts";
import { languageOf } from "./starting-text.ts";
import { useRewardCheck } from "./use-reward-check.ts";
import type { RewardCheck } from "./use-reward-check.ts";

const CodeEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

export interface RewardEditorProps {
  readonly workspace: string;
  readonly file: RewardPath;
  /** The stage's data: what the text is run on as it is written. */
  readonly source: ProblemData | undefined;
  readonly onClose: () => void;
}

export function RewardEditor(props: RewardEditorProps): ReactNode {
  const { file } = props;
  const key = `rewards.read:${file}`;
  const { data, failure } = useQuery(
    queryOf(key, ["recipes"], (options) => host.rewards.read({ file }, options)),
  );
  if (data === undefined)
    return failure === undefined ? <SkeletonRows /> : <FailureNotice failure={failure} />;
  return <OpenEditor key={file} {...props} saved={data} onSaved={() => askAgain(key)} />;
}

function OpenEditor({
  workspace,
  file,
  source,
  saved,
  onClose,
  onSaved,
}: RewardEditorProps & {
  readonly saved: RewardFileText;
  readonly onSaved: () => Promise<void>;
}): ReactNode {
  const [draft, setDraft] = useState(() => readRewardDraft(workspace, file));
  // Counts the texts that did not come from the editor: each begins it anew.
  const [turn, setTurn] = useState(0);
  const [shown, setShown] = useState(saved);
  if (saved.sha256 !== shown.sha256) {
    setShown(saved);
    if (draft === undefined) setTurn(turn + 1);
  }
  const text = draft?.text ?? saved.text;
  const check = useRewardCheck(file, text, source);
  const act = useAct();
  const scope = `reward:${file}`;
  const edits = useQuery(
    queryOf(`edits:${scope}`, ["edits"], (options) => host.edits.state({ scope }, options)),
  ).data;
  const changed = draft !== undefined && draft.text !== saved.text;
  const elsewhere = changed && draft.sha256 !== saved.sha256;
  const forget = (): void => {
    forgetRewardDraft(workspace, file);
    setDraft(undefined);
  };
  const edit = (next: string): void => {
    if (next === saved.text) {
      forget();
      return;
    }
    const kept = { text: next, sha256: draft?.sha256 ?? saved.sha256 };
    writeRewardDraft(workspace, file, kept);
    setDraft(kept);
  };
  const save = (sha256: string | null): void => {
    if (!changed) return;
    void act.run(async () => {
      await host.rewards.save({ file, text, sha256 });
      await onSaved();
      forget();
    });
  };
  const turnBack = (way: "undo" | "redo"): void => {
    void act.run(async () => {
      await host.edits[way]({ scope });
      await onSaved();
    });
  };
  return (
    <section className="rewardeditor" aria-label={`Reward ${file}`}>
      <EditorHead
        file={file}
        changed={changed}
        busy={act.busy}
        edits={edits}
        onSave={() => save(draft?.sha256 ?? null)}
        onTurn={turnBack}
        onClose={onClose}
      />
      {elsewhere && (
        <ChangedElsewhere
          onTake={() => {
            forget();
            setTurn(turn + 1);
          }}
          onKeep={() => save(saved.sha256)}
        />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <Suspense fallback={<SkeletonRows />}>
        <CodeEditor
          key={turn}
          label={`Text of ${file}`}
          language={languageOf(file)}
          text={text}
          fault={check.fault}
          onChange={edit}
          onSave={() => save(draft?.sha256 ?? null)}
        />
      </Suspense>
      <CheckLine check={check} current={check.text === text} />
    </section>
  );
}

function EditorHead({
  file,
  changed,
  busy,
  edits,
  onSave,
  onTurn,
  onClose,
}: {
  readonly file: RewardPath;
  /** Unsaved: undo of what was typed is the editor's own, until it is saved. */
  readonly changed: boolean;
  readonly busy: boolean;
  readonly edits: EditState | undefined;
  readonly onSave: () => void;
  readonly onTurn: (way: "undo" | "redo") => void;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <header className="flex">
      <span className="mono s12">{file}</span>
      <span className="s12 t3" role="status">
        {changed ? "not saved" : "saved"}
      </span>
      <button type="button" className="btn small end" disabled={!changed || busy} onClick={onSave}>
        Save <kbd aria-hidden="true">Ctrl S</kbd>
      </button>
      {(["undo", "redo"] as const).map((way) => (
        <button
          key={way}
          type="button"
          className="btn small quiet"
          disabled={changed || busy || (edits?.[way] ?? null) === null}
          title={edits?.[way]?.label}
          onClick={() => onTurn(way)}
        >
          {way === "undo" ? "Undo" : "Redo"}
          <span className="visually-hidden"> of {file}</span>
        </button>
      ))}
      <button type="button" className="btn small quiet" onClick={onClose}>
        Close<span className="visually-hidden"> {file}</span>
      </button>
    </header>
  );
}

function ChangedElsewhere({
  onTake,
  onKeep,
}: {
  readonly onTake: () => void;
  readonly onKeep: () => void;
}): ReactNode {
  return (
    <div className="notice warn" role="alert">
      <Glyph name="warn" />
      <span className="grow">The file was changed elsewhere since this text was begun.</span>
      <button type="button" className="btn small" onClick={onTake}>
        Take the file’s text
      </button>
      <button type="button" className="btn small" onClick={onKeep}>
        Keep this text
      </button>
    </div>
  );
}

function CheckLine({
  check,
  current,
}: {
  readonly check: RewardCheck;
  readonly current: boolean;
}): ReactNode {
  const { text, fault } = check;
  if (text === undefined || !current)
    return (
      <p className="fc t3 checkline" role="status">
        Looking…
      </p>
    );
  if (fault === null)
    return (
      <p className="fc t3 checkline" role="status">
        <Glyph name="check" className="pass" /> Gives numbers on three of the stage’s problems.
      </p>
    );
  return (
    <p className="fc fail checkline" role="status">
      <Glyph name="cross" />
      <span>
        {fault.line !== null && `Line ${String(fault.line)}: `}
        {fault.message}
        {fault.problemId !== null && (
          <span className="t2">
            {" "}
            On the completion {JSON.stringify((fault.completion ?? "").slice(0, 80))} of{" "}
            <span className="mono">{fault.problemId}</span>.
          </span>
        )}
      </span>
    </p>
  );
}
