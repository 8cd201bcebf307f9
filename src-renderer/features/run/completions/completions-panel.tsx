/** Every completion of one step, by group: what was asked, what was written, how it was rewarded. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { RolloutGroup } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { LongText } from "#renderer/ui/text/long-text.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { ChosenCompletion } from "./chosen-completion.tsx";
import { CompletionsTable } from "./completions-table.tsx";
import { GroupLine } from "./group-line.tsx";
import { SideBySide } from "./side-by-side.tsx";
import { meanAndSd, rewardNames } from "./rollout-groups.ts";
import { useCompletionChoice } from "./use-completion-choice.ts";
import type { CompletionChoice } from "./use-completion-choice.ts";
import { useCompletionCommands } from "./use-completion-commands.ts";
import "./completions-panel.css";

export interface CompletionsPanelProps {
  readonly runId: RunId;
  /** Completions of the step that is shown. */
  readonly query: Query<readonly RolloutGroup[]>;
}

interface GroupProps {
  readonly runId: RunId;
  readonly choice: CompletionChoice;
  /** The choice's group, which is there. */
  readonly group: RolloutGroup;
}

/** Where the prompt stands among the step's, and what it asks. */
function PromptLine({ choice: { groups }, group }: Omit<GroupProps, "runId">): ReactNode {
  return (
    <p className="promptline" dir="auto">
      <span className="t3">
        Prompt {groups.indexOf(group) + 1} of {groups.length}
        {group.difficulty === null ? "" : `, difficulty ${String(group.difficulty)}`}
      </span>
      &ensp;
      <LongText text={group.prompt} />
    </p>
  );
}

function GroupCompletions({ runId, choice, group }: GroupProps): ReactNode {
  const { groups, shown, chosen, choose } = choice;
  const rewards = useMemo(() => rewardNames(groups), [groups]);
  const scale = Math.max(0, ...group.rollouts.map((one) => Math.abs(one.advantage)));
  const drawn = { rollouts: shown, rewards, scale, chosen, onChoose: choose };
  if (choice.beside) return <SideBySide runId={runId} {...drawn} />;
  return (
    <div className="scroll grow" tabIndex={0} role="group" aria-label="Completions of the prompt">
      <CompletionsTable {...drawn} />
    </div>
  );
}

function GroupFoot({ group }: Pick<GroupProps, "group">): ReactNode {
  const { mean, sd } = meanAndSd(group.rollouts.map((one) => one.reward));
  return (
    <div className="flex s11 t3 bt groupfoot">
      <span>
        reward mean {formatNumber(mean, 2)}, sd {formatNumber(sd, 2)}
      </span>
      <span className="end">
        <span className="warn">=</span> equal rewards, no gradient
      </span>
    </div>
  );
}

function Group({ runId, choice, group }: GroupProps): ReactNode {
  const { beside, shown, verdict } = choice;
  return (
    <div className={beside ? "cbx bt one" : "cbx bt"}>
      <div className="region">
        <GroupLine choice={choice} group={group} />
        <PromptLine choice={choice} group={group} />
        <GroupCompletions runId={runId} choice={choice} group={group} />
        {shown.length === 0 && <Empty>None of this prompt's completions is {verdict}.</Empty>}
        <GroupFoot group={group} />
      </div>
      {!beside && (
        <ChosenCompletion
          runId={runId}
          step={group.step}
          group={group.group}
          rollout={choice.chosen}
          problemId={group.problemId}
        />
      )}
    </div>
  );
}

const NO_GROUPS: readonly RolloutGroup[] = [];

export function CompletionsPanel({ runId, query }: CompletionsPanelProps): ReactNode {
  const choice = useCompletionChoice(query.data ?? NO_GROUPS);
  useCompletionCommands(choice);
  const waits = query.loading && query.data === undefined;
  return (
    <section className="completions" aria-label="Completions">
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {choice.group !== undefined && <Group runId={runId} choice={choice} group={choice.group} />}
      {choice.group === undefined && waits && <SkeletonRows rows={5} />}
      {choice.group === undefined && !waits && (
        <Empty>
          No completions at this step. They appear here with the first step that samples.
        </Empty>
      )}
    </section>
  );
}
