/** What stands below a run's charts: its completions, those of the whole run, its history, log and note. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { Run, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { CompletionsPanel } from "./completions/completions-panel.tsx";
import { SearchPanel } from "./completions/search/search-panel.tsx";
import { StepPicker } from "./completions/step-picker.tsx";
import { useStepCompletions } from "./completions/use-step-completions.ts";
import { HistoryPanel } from "./log/history-panel.tsx";
import { LogPanel } from "./log/log-panel.tsx";
import { NotePanel } from "./notes/note-panel.tsx";

type Lower = "completions" | "search" | "history" | "log" | "note";

const LOWER: Readonly<Record<Lower, string>> = {
  completions: "Completions",
  search: "Whole run",
  history: "History",
  log: "Log",
  note: "Note",
};

/** Kinds of stages whose completions are kept step by step. */
const SAMPLES = new Set<Run["kind"]>(["grpo"]);

/** The tabs that a stage has; only some stages keep completions step by step. */
function tabsOf(samples: boolean): readonly Lower[] {
  return samples ? ["completions", "search", "history", "log", "note"] : ["history", "log", "note"];
}

/** The tab in the address, with a key for each. */
function useTab(tabs: readonly Lower[]): readonly [Lower, (tab: Lower) => void] {
  const [first = "history"] = tabs;
  const [text, setTab] = useFilter("tab", first);
  useCommands(
    useMemo(
      (): readonly Command[] =>
        tabs.map((one, index) => ({
          id: `run.tab-${one}`,
          title: `Show below: ${LOWER[one].toLowerCase()}`,
          group: "This screen",
          keys: String(index + 1),
          run: () => setTab(one),
        })),
      [tabs, setTab],
    ),
  );
  return [tabs.find((one) => one === text) ?? first, setTab];
}

export interface LowerRegionProps {
  readonly run: Run;
  readonly live: RunSummary;
  readonly pinned: number | undefined;
  readonly setPinned: (step: number | undefined) => void;
}

export function LowerRegion({ run, live, pinned, setPinned }: LowerRegionProps): ReactNode {
  const samples = SAMPLES.has(run.kind);
  const tabs = useMemo(() => tabsOf(samples), [samples]);
  const [tab, setTab] = useTab(tabs);
  const { steps, step, query } = useStepCompletions(run.id, samples, pinned);
  return (
    <section className="lower" aria-label="Completions, history and log">
      <div className="head bt">
        <Segments
          slim
          label="What is shown below"
          value={tab}
          onChange={setTab}
          segments={tabs.map((value, index) => ({
            value,
            label: (
              <>
                {LOWER[value]}
                <span className="opt">
                  &ensp;
                  <KeyCaps keys={String(index + 1)} />
                </span>
              </>
            ),
          }))}
        />
        {tab === "completions" && (
          <StepPicker steps={steps} step={step} pinned={pinned !== undefined} onStep={setPinned} />
        )}
      </div>
      {tab === "completions" && <CompletionsPanel runId={run.id} query={query} />}
      {tab === "search" && <SearchPanel runId={run.id} />}
      {tab === "history" && <HistoryPanel runId={run.id} />}
      {tab === "log" && <LogPanel runId={run.id} live={live.status === "running"} />}
      {tab === "note" && <NotePanel run={live} />}
    </section>
  );
}
