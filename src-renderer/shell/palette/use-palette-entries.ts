/** What the palette can find: the newest pipelines and their stages, and every registered command. */
import { useMemo } from "react";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import type { PipelineSummary, RunStatus } from "#shared/schema/run.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { datasetsQuery, problemSetsQuery, recentPipelinesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatInterval, formatPercent, plural } from "#renderer/ui/format.ts";
import { statusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { useRegisteredCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { farCommands } from "./far-commands.ts";
import { useOptionEntries } from "./palette-options.ts";
import type { PaletteEntry } from "#renderer/navigation/palette-search.ts";
import { doneText } from "#renderer/ui/pipelines/progress-text.ts";
import { datasetNote } from "./dataset-note.ts";

const NOTHING: readonly PipelineSummary[] = [];
const NO_SETS: readonly ProblemSetSummary[] = [];
const NO_DATASETS: readonly DatasetSummary[] = [];

function markOf(status: RunStatus): PaletteEntry["mark"] {
  if (status === "running" || status === "stopping") return "live";
  if (status === "failed") return "failed";
  return status === "stopped" ? "stopped" : "done";
}

export function launchEntry(pipeline: PipelineSummary): PaletteEntry {
  return {
    id: `pipeline:${pipeline.id}`,
    kind: "run",
    group: "Runs",
    title: `${pipeline.name} ${pipeline.id}`,
    note: `${statusWord(pipeline.status)}, seed ${String(pipeline.seed)}, ${plural(pipeline.runs.length, "stage")}, results`,
    keys: undefined,
    notNow: undefined,
    mark: markOf(pipeline.status),
    run: () => navigate(hrefTo(["pipeline", pipeline.id])),
  };
}

function pipelineEntries(pipeline: PipelineSummary): readonly PaletteEntry[] {
  const whole = launchEntry(pipeline);
  const stages = pipeline.runs.map((run): PaletteEntry => {
    const score =
      run.score === null
        ? ""
        : `, ${formatPercent(run.score.value)}% ${formatInterval(run.score.low, run.score.high)}`;
    return {
      ...whole,
      id: `run:${run.id}`,
      title: `${pipeline.name} ${pipeline.id} / ${run.stageName}`,
      note: `${statusWord(run.status)}, ${doneText(run)}${score}`,
      mark: markOf(run.status),
      run: () => navigate(hrefTo(["run", run.id])),
    };
  });
  return [whole, ...stages];
}

function commandEntry(command: Command): PaletteEntry {
  return {
    id: command.id,
    kind: "command",
    group: command.group,
    title: command.title,
    note: command.note,
    keys: command.keys,
    notNow: command.notNow,
    mark: undefined,
    run: command.run,
  };
}

function datasetEntry(dataset: DatasetSummary): PaletteEntry {
  const { id, name } = dataset;
  return {
    id: `dataset:${id}`,
    kind: "data",
    group: "Datasets",
    title: `${visibleText(name)} ${id}`,
    note: datasetNote(dataset),
    keys: undefined,
    notNow: undefined,
    mark: undefined,
    run: () => navigate(hrefTo(["dataset", id])),
  };
}

function problemSetEntry({ name, title, latest }: ProblemSetSummary): PaletteEntry {
  return {
    id: `problem-set:${name}`,
    kind: "data",
    group: "Problem sets",
    title: name,
    note: `${title === name ? "" : `${visibleText(title)}, `}${plural(latest.statistics.problems, "problem")}`,
    keys: undefined,
    notNow: undefined,
    mark: undefined,
    run: () => navigate(hrefTo(["problems", name])),
  };
}

/** Asks for the pipelines only while the palette is open. */
export function usePaletteEntries(opened: boolean): readonly PaletteEntry[] {
  const commands = useRegisteredCommands();
  const pipelines = useLivePipelines(
    useQuery(opened ? recentPipelinesQuery : undefined).data?.pipelines ?? NOTHING,
  );
  const datasets = useQuery(opened ? datasetsQuery : undefined).data ?? NO_DATASETS;
  const sets = useQuery(opened ? problemSetsQuery : undefined).data ?? NO_SETS;
  const options = useOptionEntries(opened);
  return useMemo(
    () => [
      ...commands.map(commandEntry),
      ...farCommands(datasets, new Set(commands.map(({ id }) => id))),
      ...pipelines.flatMap(pipelineEntries),
      ...datasets.map(datasetEntry),
      ...sets.map(problemSetEntry),
      ...options,
    ],
    [commands, pipelines, datasets, sets, options],
  );
}
