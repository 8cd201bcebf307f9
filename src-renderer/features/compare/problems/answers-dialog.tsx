/** What two models wrote for one problem, side by side, the words marked that only one of them has. */
import { diffWordsWithSpace } from "diff";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import type { ProblemRow } from "#shared/schema/compare.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { PairOption } from "./pair-options.ts";

/** Beyond this a word diff takes too long to wait for: the texts are shown unmarked. */
const MOST_CHARACTERS = 40_000;

interface Part {
  /** Where in its text the part begins. */
  readonly at: number;
  readonly text: string;
  readonly marked: boolean;
}

interface Parts {
  readonly left: readonly Part[];
  readonly right: readonly Part[];
}

function placed(parts: readonly Omit<Part, "at">[]): readonly Part[] {
  let at = 0;
  return parts.map((part) => {
    const here = { ...part, at };
    at += part.text.length;
    return here;
  });
}

function partsOf(left: string, right: string): Parts {
  const changes =
    left.length + right.length > MOST_CHARACTERS
      ? undefined
      : diffWordsWithSpace(left, right, { timeout: 500 });
  if (changes === undefined)
    return {
      left: placed([{ text: left, marked: false }]),
      right: placed([{ text: right, marked: false }]),
    };
  return {
    left: placed(
      changes
        .filter(({ added }) => !added)
        .map(({ value, removed }) => ({ text: value, marked: removed })),
    ),
    right: placed(
      changes
        .filter(({ removed }) => !removed)
        .map(({ value, added }) => ({ text: value, marked: added })),
    ),
  };
}

function Answer({
  option,
  samples,
  chosen,
  onChoose,
  parts,
}: {
  readonly option: PairOption;
  readonly samples: readonly EvaluationSample[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly parts: readonly Part[];
}): ReactNode {
  const sample = samples[chosen];
  return (
    <section className="answer" aria-label={`${option.model.letter} ${option.model.label}`}>
      <div className="flex s12">
        <Mark tone={option.model.style} />
        <span className="med ell">
          {option.model.letter} {option.model.label}
        </span>
        <span className="end flex samplepick" role="group" aria-label="Sample">
          {samples.map((one, index) => (
            <button
              key={one.sampleIndex}
              type="button"
              className={index === chosen ? "chip on" : "chip"}
              aria-pressed={index === chosen}
              aria-label={`Sample ${index + 1}, ${one.correct ? "right" : "wrong"}`}
              onClick={() => onChoose(index)}
            >
              <Glyph
                name={one.correct ? "check" : "cross"}
                className={one.correct ? "pass" : "fail"}
              />
              {index + 1}
            </button>
          ))}
        </span>
      </div>
      {sample === undefined ? (
        <p className="s12 t3">It did not ask this problem.</p>
      ) : (
        <>
          <p className="s12 t3">
            <span className={sample.correct ? "pass" : "fail"}>
              {sample.correct ? "right" : "wrong"}
            </span>
            , answer <span className="mono break">{sample.answer ?? "none"}</span>,{" "}
            {formatNumber(sample.tokens)} tokens
            {sample.finishReason === "length" ? ", cut at the limit" : ""}
          </p>
          <pre className="scroll mono answertext" tabIndex={0}>
            {parts.map(({ at, text, marked }) =>
              marked ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
            )}
          </pre>
        </>
      )}
    </section>
  );
}

export function AnswersDialog({
  problem,
  left,
  right,
  onClose,
}: {
  readonly problem: ProblemRow;
  readonly left: PairOption;
  readonly right: PairOption;
  readonly onClose: () => void;
}): ReactNode {
  const [leftAt, setLeftAt] = useState(0);
  const [rightAt, setRightAt] = useState(0);
  const query = useQuery({
    key: `compare.answers:${problem.problemId}:${left.runId}:${right.runId}`,
    topics: ["results"],
    fetch: (signal) =>
      host.compare.answers(
        { problemId: problem.problemId, runIds: [left.runId, right.runId] },
        { signal },
      ),
  });
  const leftSamples = query.data?.[0]?.samples ?? [];
  const rightSamples = query.data?.[1]?.samples ?? [];
  const leftText = visibleText(leftSamples[leftAt]?.completion ?? "");
  const rightText = visibleText(rightSamples[rightAt]?.completion ?? "");
  const parts = useMemo(() => partsOf(leftText, rightText), [leftText, rightText]);
  return (
    <Dialog opened label="Both answers" headed closable size={1120} onClose={onClose}>
      <dl className="kv left answerproblem">
        <dt>Problem</dt>
        <dd>{problem.prompt}</dd>
        <dt>Right answer</dt>
        <dd className="mono">{problem.gold}</dd>
      </dl>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && (
        <div className="answers">
          <Answer
            option={left}
            samples={leftSamples}
            chosen={leftAt}
            onChoose={setLeftAt}
            parts={parts.left}
          />
          <Answer
            option={right}
            samples={rightSamples}
            chosen={rightAt}
            onChoose={setRightAt}
            parts={parts.right}
          />
        </div>
      )}
    </Dialog>
  );
}
