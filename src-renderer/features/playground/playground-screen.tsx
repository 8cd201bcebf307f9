/** The playground: a model, or two side by side, asked by hand. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import type { PlaygroundModel } from "#shared/schema/playground.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate, useAddress, useFilter } from "#renderer/navigation/location.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { Composer } from "./composer.tsx";
import { DatasetDialog } from "./dataset-dialog.tsx";
import type { Sent } from "./dataset-dialog.tsx";
import { HistoryRegion } from "./history-region.tsx";
import { MemoryRegion } from "./memory-region.tsx";
import { choicesQuery } from "./playground-queries.ts";
import { ProblemRegion } from "./problem-region.tsx";
import { messagesUpTo } from "./record-of-turns.ts";
import { SamplingForm } from "./sampling-form.tsx";
import { SideColumn } from "./side-column.tsx";
import { TokenRegion } from "./tokens/token-region.tsx";
import { isEmpty } from "./trial.ts";
import type { Mode } from "./trial.ts";
import { useTrial } from "./use-trial.ts";
import "./playground.css";
import type { Failure } from "#renderer/bridge/failure.ts";

const SIDE_LABELS = ["Left", "Right"];

export function PlaygroundScreen(): ReactNode {
  const choices = useQuery(choicesQuery);
  const [model] = useFilter("model");
  const first = choices.data?.[0]?.id;
  if (choices.data === undefined) {
    return (
      <>
        <ScreenHead />
        {choices.failure === undefined ? (
          <SkeletonRows rows={10} />
        ) : (
          <FailureNotice failure={choices.failure} onRetry={choices.refresh} />
        )}
      </>
    );
  }
  const chosen = model === "" ? first : model;
  if (chosen === undefined) {
    return (
      <>
        <ScreenHead />
        <Empty
          action={
            <a className="btn" href={hrefTo(["models"])}>
              Go to Models
            </a>
          }
        >
          There is no model to ask. Import one, or run the demo.
        </Empty>
      </>
    );
  }
  return <Playground model={chosen} models={choices.data} />;
}

function ScreenHead({ children }: { readonly children?: ReactNode }): ReactNode {
  return (
    <div className="screenhead">
      <h1>Playground</h1>
      {children}
    </div>
  );
}

/** Loads the models while one still writes, so that the first answer does not wait. */
function useLoaded(models: readonly string[]): Failure | undefined {
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const key = JSON.stringify(models);
  useEffect(() => {
    const abort = new AbortController();
    setFailure(undefined);
    for (const model of models) {
      host.playground.load({ model }, { signal: abort.signal }).catch((error: unknown) => {
        if (!abort.signal.aborted) setFailure(failureOf(error));
      });
    }
    return () => abort.abort();
    // The list is new with every render; what it says is in the key.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return failure;
}

function Playground({
  model,
  models,
}: {
  readonly model: string;
  readonly models: readonly PlaygroundModel[];
}): ReactNode {
  const address = useAddress();
  const [other, setOther] = useFilter("with");
  const [modeText, setMode] = useFilter("mode", "chat");
  const [, setModel] = useFilter("model");
  const [threadId, setThreadId] = useFilter("thread");
  const mode: Mode = modeText === "text" ? "text" : "chat";
  const asked = useMemo(() => (other === "" ? [model] : [model, other]), [model, other]);
  const control = useTrial(mode, asked);
  const { trial, busy, begin, regenerate, stop, send, open } = control;
  const loadFailure = useLoaded(asked);
  const [text, setText] = useState("");
  const [shaded, setShaded] = useState(true);
  const [folded, setFolded] = useState(false);
  const [picked, setPicked] = useState<CompletionPiece | undefined>(undefined);
  const [sent, setSent] = useState<Sent | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);

  // The address names the trial: a kept one is opened, a new one is written into it once it is kept.
  useEffect(() => {
    if (trial.threadId !== undefined && trial.threadId !== threadId) setThreadId(trial.threadId);
    // Only a trial that was just kept changes the address; the other way round is below.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [trial.threadId]);
  useEffect(() => {
    if (threadId === "" || threadId === trial.threadId) return;
    void open(threadId).then((opened) => {
      // A text is gone on with from where it was; a chat begins a new message.
      if (opened?.mode === "text") setText(opened.sides[0]?.turns[0]?.content ?? "");
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [threadId]);

  const startAnew = useMemo(
    () => () => {
      begin();
      setPicked(undefined);
      setThreadId("");
      field.current?.focus();
    },
    [begin, setThreadId],
  );
  const submit = useMemo(
    () => () => {
      if (busy || text.trim() === "") return;
      send(text);
      if (mode === "chat") setText("");
    },
    [busy, mode, send, text],
  );
  const compare = useMemo(
    () => () => setOther(other === "" ? (models.find(({ id }) => id !== model)?.id ?? model) : ""),
    [model, models, other, setOther],
  );
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "playground.send",
          title: mode === "chat" ? "Send the message" : "Go on with the text",
          group: "This screen",
          keys: "Mod+Enter",
          notNow: busy ? "An answer is being written" : undefined,
          run: submit,
        },
        {
          id: "playground.stop",
          title: "Stop writing",
          group: "This screen",
          keys: "Escape",
          notNow: busy ? undefined : "Nothing is being written",
          run: stop,
        },
        {
          id: "playground.again",
          title: "Answer again, by the next seed",
          group: "This screen",
          keys: "R",
          notNow: busy ? "An answer is being written" : undefined,
          run: regenerate,
        },
        {
          id: "playground.new",
          title: "Begin anew",
          group: "This screen",
          keys: "N",
          run: startAnew,
        },
        {
          id: "playground.compare",
          title: other === "" ? "Compare with a second model" : "One model only",
          group: "This screen",
          keys: "C",
          run: compare,
        },
        {
          id: "playground.shade",
          title: shaded ? "Hide log-probabilities" : "Shade tokens by log-probability",
          group: "This screen",
          keys: "L",
          run: () => setShaded(!shaded),
        },
        {
          id: "playground.fold",
          title: folded ? "Show the reasoning" : "Fold the reasoning",
          group: "This screen",
          keys: "F",
          run: () => setFolded(!folded),
        },
      ],
      [busy, compare, folded, mode, other, regenerate, shaded, startAnew, stop, submit],
    ),
  );

  const openThread = async (id: string): Promise<void> => {
    setPicked(undefined);
    const { content } = await host.playground.threads.get({ threadId: id });
    navigate(
      hrefTo(address.path, {
        model: content.sides[0]?.model,
        with: content.sides[1]?.model,
        mode: content.mode === "chat" ? undefined : content.mode,
        thread: id,
      }),
    );
  };
  const failure = control.failure ?? loadFailure;
  return (
    <>
      <ScreenHead>
        <Segments
          label="Mode"
          value={mode}
          onChange={(value) => {
            startAnew();
            setMode(value);
          }}
          segments={[
            { value: "chat", label: "Chat" },
            { value: "text", label: "Text" },
          ]}
        />
        <span className="end flex">
          <button
            type="button"
            className="btn"
            aria-pressed={shaded}
            onClick={() => setShaded(!shaded)}
          >
            <span className={shaded ? "dot live" : "dot hollow"} aria-hidden="true" />
            Log-probabilities <KeyCaps keys="L" />
          </button>
          <button type="button" className="btn" aria-pressed={other !== ""} onClick={compare}>
            {other === "" ? "Compare with…" : "One model only"} <KeyCaps keys="C" />
          </button>
          <button type="button" className="btn" disabled={isEmpty(trial)} onClick={startAnew}>
            New <KeyCaps keys="N" />
          </button>
        </span>
      </ScreenHead>
      {failure !== undefined && <FailureNotice failure={failure} />}
      <div className="cols playground">
        <div className="region">
          <div className={asked.length === 2 ? "cols sides two" : "cols sides"}>
            {trial.sides.map((side, index) => (
              <SideColumn
                key={SIDE_LABELS[index]}
                label={asked.length === 1 ? "Conversation" : (SIDE_LABELS[index] ?? "")}
                mode={mode}
                side={side}
                models={models}
                shaded={shaded}
                folded={folded}
                picked={picked}
                onModel={index === 0 ? setModel : setOther}
                onPick={setPicked}
                onFold={() => setFolded(!folded)}
                onSend={
                  mode === "chat"
                    ? (turn) =>
                        setSent({
                          messages: messagesUpTo(control.system, side.turns, turn),
                          model: side.model,
                          options: trial.options,
                          problem: trial.problem,
                        })
                    : undefined
                }
              />
            ))}
          </div>
          <Composer
            mode={mode}
            text={text}
            busy={busy}
            canRegenerate={!isEmpty(trial)}
            field={field}
            onText={setText}
            onSend={submit}
            onStop={stop}
            onRegenerate={regenerate}
          />
        </div>
        <div
          className="region scroll aside"
          tabIndex={0}
          role="group"
          aria-label="Settings of the trial"
        >
          <TokenRegion piece={picked} shown={shaded} />
          <ProblemRegion
            problem={trial.problem}
            busy={busy}
            onProblem={(problem) => {
              begin();
              setThreadId("");
              control.setProblem(problem);
              setText(problem.prompt);
              field.current?.focus();
            }}
          />
          <SamplingForm
            options={trial.options}
            system={control.system}
            withSystem={mode === "chat"}
            onOptions={control.setOptions}
            onSystem={control.setSystem}
          />
          <MemoryRegion />
          <HistoryRegion
            openId={trial.threadId}
            onOpen={(id) => void openThread(id)}
            onGone={startAnew}
          />
        </div>
      </div>
      <DatasetDialog sent={sent} onClose={() => setSent(undefined)} />
    </>
  );
}
