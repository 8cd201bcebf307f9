/** Every completion of one step, by group: what was asked, what was written, how it was rewarded. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { RolloutGroup } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { LongText } from "#renderer/ui/text/long-text.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { ChosenCompletion } from "./chosen-completion.tsx";
import { CompletionsTable } from "./completions-table.tsx";
import { SideBySide } from "./side-by-side.tsx";
import { hasNoSpread, matchesVerdict, meanAndSd, rewardNames } from "./rollout-groups.ts";
import type { Verdict } from "./rollout-groups.ts";
import "./completions-panel.css";

export interface CompletionsPanelProps {
  readonly runId: RunId;
  /** Completions of the step that is shown. */
  readonly query: Query<readonly RolloutGroup[]>;
}

function asVerdict(text: string): Verdict {
  return text === "right" || text === "wrong" ? text : "all";
}

function GroupLine({
  groups,
  chosen,
  onChoose,
  children,
}: {
  readonly groups: readonly RolloutGroup[];
  readonly chosen: RolloutGroup;
  readonly onChoose: (group: RolloutGroup) => void;
  readonly children: ReactNode;
}): ReactNode {
  const segments = groups.map((group) => ({
    value: String(group.group),
    title: `Difficulty ${String(group.difficulty)}: ${visibleText(group.prompt.slice(0, 200))}`,
    label: (
      <>
        {group.correct}/{group.rollouts.length}
        {hasNoSpread(group) && (
          <span className="warn" title="equal rewards, no gradient">
            &thinsp;=<span className="visually-hidden"> equal rewards</span>
          </span>
        )}
      </>
    ),
  }));
  return (
    <div className="groups">
      <span className="t3">Right</span>
      <Segments
        label="Prompt"
        follow
        segments={segments}
        value={String(chosen.group)}
        onChange={(value) => {
          const next = groups.find((group) => String(group.group) === value);
          if (next !== undefined) onChoose(next);
        }}
      />
      <KeyCaps keys="[ ]" />
      <span className="end flex">{children}</span>
    </div>
  );
}

export function CompletionsPanel(props: CompletionsPanelProps): ReactNode {
  const { query } = props;
  const [groupText, setGroup] = useFilter("group");
  const [indexText, setIndex] = useFilter("completion");
  const [verdictText, setVerdict] = useFilter("show", "all");
  const verdict = asVerdict(verdictText);
  const [arrangement, setArrangement] = useFilter("group-view", "list");
  const beside = arrangement === "beside";
  const groups = useMemo(() => query.data ?? [], [query.data]);
  const rewards = useMemo(() => rewardNames(groups), [groups]);
  const group =
    groups.find((one) => String(one.group) === groupText) ??
    groups.find((one) => !hasNoSpread(one)) ??
    groups[0];
  const shown = useMemo(
    () => group?.rollouts.filter((one) => matchesVerdict(one, verdict)) ?? [],
    [group, verdict],
  );
  const chosen = shown.find((one) => String(one.index) === indexText) ?? shown[0];

  useCommands(
    useMemo(() => {
      const turn = (by: number): void => {
        const next = groups[groups.findIndex((one) => one === group) + by];
        if (next !== undefined) setGroup(String(next.group));
      };
      const move = (by: number): void => {
        const next = shown[shown.findIndex((one) => one === chosen) + by];
        if (next !== undefined) setIndex(String(next.index));
      };
      const verdicts: readonly Verdict[] = ["all", "right", "wrong"];
      return [
        {
          id: "run.completion-next",
          title: "Next completion",
          group: "This screen",
          keys: "J",
          run: () => move(1),
        },
        {
          id: "run.completion-previous",
          title: "Previous completion",
          group: "This screen",
          keys: "K",
          run: () => move(-1),
        },
        {
          id: "run.group-next",
          title: "Next prompt",
          group: "This screen",
          keys: "]",
          run: () => turn(1),
        },
        {
          id: "run.group-previous",
          title: "Previous prompt",
          group: "This screen",
          keys: "[",
          run: () => turn(-1),
        },
        {
          id: "run.group-view",
          title: "A prompt's completions side by side, or as a list",
          group: "This screen",
          keys: "B",
          run: () => setArrangement(beside ? "list" : "beside"),
        },
        {
          id: "run.completion-filter",
          title: "Show all, right or wrong completions",
          group: "This screen",
          keys: "F",
          run: () => setVerdict(verdicts[(verdicts.indexOf(verdict) + 1) % 3] ?? "all"),
        },
      ];
    }, [
      groups,
      group,
      shown,
      chosen,
      verdict,
      beside,
      setGroup,
      setIndex,
      setVerdict,
      setArrangement,
    ]),
  );

  const stats = meanAndSd(group?.rollouts.map((one) => one.reward) ?? []);
  const scale = Math.max(0, ...(group?.rollouts.map((one) => Math.abs(one.advantage)) ?? []));
  return (
    <section className="completions" aria-label="Completions">
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {group === undefined ? (
        query.loading && query.data === undefined ? (
          <SkeletonRows rows={5} />
        ) : (
          <Empty>
            No completions at this step. They appear here with the first step that samples.
          </Empty>
        )
      ) : (
        <div className={beside ? "cbx bt one" : "cbx bt"}>
          <div className="region">
            <GroupLine
              groups={groups}
              chosen={group}
              onChoose={(next) => setGroup(String(next.group))}
            >
              <Segments
                slim
                label="Completions shown"
                value={verdict}
                onChange={setVerdict}
                segments={[
                  { value: "all", label: `All ${String(group.rollouts.length)}` },
                  { value: "right", label: `Right ${String(group.correct)}` },
                  {
                    value: "wrong",
                    label: `Wrong ${String(group.rollouts.length - group.correct)}`,
                  },
                ]}
              />
              <KeyCaps keys="F" />
              <button
                type="button"
                className="btn small"
                aria-pressed={beside}
                title="The prompt's completions side by side"
                onClick={() => setArrangement(beside ? "list" : "beside")}
              >
                Beside <KeyCaps keys="B" />
              </button>
            </GroupLine>
            <p className="promptline" dir="auto">
              <span className="t3">
                Prompt {groups.indexOf(group) + 1} of {groups.length}, difficulty {group.difficulty}
              </span>
              &ensp;
              <LongText text={group.prompt} />
            </p>
            {beside ? (
              <SideBySide
                runId={props.runId}
                rollouts={shown}
                rewards={rewards}
                scale={scale}
                chosen={chosen}
                onChoose={(next) => setIndex(String(next.index))}
              />
            ) : (
              <div
                className="scroll grow"
                tabIndex={0}
                role="group"
                aria-label="Completions of the prompt"
              >
                <CompletionsTable
                  rollouts={shown}
                  rewards={rewards}
                  scale={scale}
                  chosen={chosen}
                  onChoose={(next) => setIndex(String(next.index))}
                />
              </div>
            )}
            {shown.length === 0 && <Empty>None of this prompt's completions is {verdict}.</Empty>}
            <div className="flex s11 t3 bt groupfoot">
              <span>
                reward mean {formatNumber(stats.mean, 2)}, sd {formatNumber(stats.sd, 2)}
              </span>
              <span className="end">
                <span className="warn">=</span> equal rewards, no gradient
              </span>
            </div>
          </div>
          {!beside && (
            <ChosenCompletion
              runId={props.runId}
              step={group.step}
              group={group.group}
              rollout={chosen}
              problemId={group.problemId}
            />
          )}
        </div>
      )}
    </section>
  );
}
