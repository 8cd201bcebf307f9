/** The line over a prompt's completions: how many of each prompt's are right, which of them are shown, and how. */
import type { ReactNode } from "react";
import type { RolloutGroup } from "#shared/schema/metrics.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { hasNoSpread } from "./rollout-groups.ts";
import type { CompletionChoice } from "./use-completion-choice.ts";

function RightOfGroup({ group }: { readonly group: RolloutGroup }): ReactNode {
  return (
    <>
      {group.correct}/{group.rollouts.length}
      {hasNoSpread(group) && (
        <span className="warn" title="equal rewards, no gradient">
          &thinsp;=<span className="visually-hidden"> equal rewards</span>
        </span>
      )}
    </>
  );
}

export function GroupLine({
  choice,
  group,
}: {
  readonly choice: CompletionChoice;
  readonly group: RolloutGroup;
}): ReactNode {
  const { groups, setGroup, verdict, setVerdict, beside, setBeside } = choice;
  return (
    <div className="groups">
      <span className="t3">Right</span>
      <Segments
        label="Prompt"
        follow
        segments={groups.map((one) => ({
          value: String(one.group),
          title: `${one.difficulty === null ? "" : `Difficulty ${String(one.difficulty)}: `}${visibleText(one.prompt.slice(0, 200))}`,
          label: <RightOfGroup group={one} />,
        }))}
        value={String(group.group)}
        onChange={(value) => {
          const next = groups.find((one) => String(one.group) === value);
          if (next !== undefined) setGroup(next);
        }}
      />
      <KeyCaps keys="[ ]" />
      <span className="end flex">
        <Segments
          slim
          label="Completions shown"
          value={verdict}
          onChange={setVerdict}
          segments={[
            { value: "all", label: `All ${String(group.rollouts.length)}` },
            { value: "right", label: `Right ${String(group.correct)}` },
            { value: "wrong", label: `Wrong ${String(group.rollouts.length - group.correct)}` },
          ]}
        />
        <KeyCaps keys="F" />
        <button
          type="button"
          className="btn small"
          aria-pressed={beside}
          title="The prompt's completions side by side"
          onClick={() => setBeside(!beside)}
        >
          Beside <KeyCaps keys="B" />
        </button>
      </span>
    </div>
  );
}
