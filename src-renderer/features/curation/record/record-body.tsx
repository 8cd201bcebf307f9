/** One record to be read: as text, as changes against the model's original, or raw. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";
import { DiffText } from "#renderer/ui/text/diff-text.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { LongText } from "#renderer/ui/text/long-text.tsx";
import { ReadingText } from "#renderer/ui/text/reading-text.tsx";
import { diffTexts, divideDiff } from "#renderer/ui/text/word-diff.ts";
import type { DiffPart, TextDiff } from "#renderer/ui/text/word-diff.ts";
import type { RecordView } from "../review/review-place.ts";
import { reasoningSteps } from "./reasoning-steps.ts";
import { betweenTags, partText, recordParts } from "./record-parts.ts";
import type { RecordPart } from "./record-parts.ts";
import { StepList } from "./step-list.tsx";

export interface RecordBodyProps {
  readonly messages: RecordMessages;
  readonly original: RecordMessages;
  readonly view: RecordView;
  readonly folded: ReadonlySet<number>;
  readonly onFold: (step: number) => void;
}

function ChangeCounts({ diff }: { readonly diff: TextDiff }): ReactNode {
  if (diff.wordsAdded === 0 && diff.wordsRemoved === 0) return <span>· unchanged</span>;
  return (
    <span>
      · against the original:{" "}
      {diff.wordsAdded > 0 && <ins>{plural(diff.wordsAdded, "word")} added</ins>}{" "}
      {diff.wordsRemoved > 0 && <del>{plural(diff.wordsRemoved, "word")} removed</del>}
      {diff.grain === "lines" && " (by lines: the texts are long or far apart)"}
      {diff.grain === "whole" && " (the texts have too little in common to show word by word)"}
    </span>
  );
}

/** A step's piece of the differences, without the line ends that part it from the next step. */
function trimmed(piece: readonly DiffPart[]): readonly DiffPart[] {
  const last = piece.at(-1);
  return last === undefined
    ? piece
    : [...piece.slice(0, -1), { kind: last.kind, text: last.text.trimEnd() }];
}

function ReasoningPart(props: RecordBodyProps & { readonly part: RecordPart }): ReactNode {
  const { part, original, view, folded, onFold } = props;
  const steps = useMemo(() => reasoningSteps(part.text), [part.text]);
  const diff = useMemo(
    () => (view === "changes" ? diffTexts(partText(original, part), part.text) : undefined),
    [view, original, part],
  );
  const pieces = useMemo(
    () =>
      diff === undefined
        ? []
        : divideDiff(
            diff.parts,
            steps.length === 0 ? [0] : steps.map((_, index) => steps[index + 1]?.start ?? 0),
          ),
    [diff, steps],
  );
  return (
    <section aria-label={part.label}>
      <div className="lab flex stepshead">
        <span>
          {part.label}, {plural(steps.length, "step")}
        </span>
        {diff !== undefined && <ChangeCounts diff={diff} />}
        <span className="end opt">
          Fold all <KeyCaps keys="[" />
          <span style={{ marginLeft: 10 }}>
            Open all <KeyCaps keys="]" />
          </span>
        </span>
      </div>
      {steps.length === 0 && diff !== undefined && (
        <div className="read plain">
          <DiffText parts={diff.parts} />
        </div>
      )}
      <StepList
        steps={steps}
        folded={folded}
        onFold={onFold}
        renderStep={(step, index) =>
          diff === undefined ? (
            <ReadingText key={step.text} text={step.text} />
          ) : (
            <div className="plain" dir="auto">
              <DiffText parts={trimmed(pieces[index] ?? [])} />
            </div>
          )
        }
      />
    </section>
  );
}

function PlainPart(props: RecordBodyProps & { readonly part: RecordPart }): ReactNode {
  const { part, original, view } = props;
  const diff = useMemo(
    () => (view === "changes" ? diffTexts(partText(original, part), part.text) : undefined),
    [view, original, part],
  );
  // The tags are part of what is trained on: there, and dimmed, so that the answer is what is read.
  const tagged = part.kind === "answer" ? betweenTags(part.text) : undefined;
  return (
    <section aria-label={part.label} className={part.kind === "answer" ? "answerpart" : undefined}>
      <div className="lab flex">
        <span>{part.label}</span>
        {diff !== undefined && <ChangeCounts diff={diff} />}
      </div>
      <div className={part.kind === "answer" ? "read answer" : "read"}>
        {diff !== undefined ? (
          <div className="plain" dir="auto">
            <DiffText parts={diff.parts} />
          </div>
        ) : tagged === undefined ? (
          <ReadingText key={part.text} text={part.text} />
        ) : (
          <div className="taggedanswer">
            <span className="t3 mono">{tagged[0].trim()}</span>
            <ReadingText key={part.text} text={tagged[1]} />
            <span className="t3 mono">{tagged[2].trim()}</span>
          </div>
        )}
      </div>
    </section>
  );
}

export function RecordBody(props: RecordBodyProps): ReactNode {
  const { messages, view } = props;
  const parts = useMemo(() => recordParts(messages), [messages]);
  if (view === "raw") {
    return messages.map((message, turn) => (
      <section key={`${String(turn)}.${message.role}`} aria-label={`Turn ${String(turn + 1)}`}>
        <div className="lab">{message.role}</div>
        <div className="out rawtext" dir="auto">
          <LongText text={joinReasoning(message)} />
        </div>
      </section>
    ));
  }
  return parts.map((part) =>
    part.kind === "reasoning" ? (
      <ReasoningPart key={part.key} {...props} part={part} />
    ) : (
      <PlainPart key={part.key} {...props} part={part} />
    ),
  );
}
