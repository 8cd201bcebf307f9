/** Every migration in order. */
import { pipelinesAndRuns } from "./0001-pipelines-and-runs.ts";
import { attemptsAndAttention } from "./0002-attempts-and-attention.ts";
import { outputHashes } from "./0003-output-hashes.ts";
import { datasets } from "./0004-datasets.ts";
import { recipes } from "./0005-recipes.ts";
import { compare } from "./0006-compare.ts";
import { inference } from "./0007-inference.ts";
import { cockpit } from "./0008-cockpit.ts";
import { modelSources } from "./0009-model-sources.ts";
import { launchQueue } from "./0010-launch-queue.ts";
import { oneComparison } from "./0011-one-comparison.ts";
import { writtenDefaults } from "./0012-written-defaults.ts";
import { peopleApart } from "./0013-people-apart.ts";
import { wholeConversations } from "./0014-whole-conversations.ts";
import { timeAtWork } from "./0015-time-at-work.ts";
import { searchedTexts } from "./0016-searched-texts.ts";
import { toursSample } from "./0017-tours-sample.ts";
import { keptDetails } from "./0018-kept-details.ts";
import { shortTexts } from "./0019-short-texts.ts";
import { problemSets } from "./0020-problem-sets.ts";
import { endpointAnswers } from "./0021-endpoint-answers.ts";
import { completionsByProblem } from "./0022-completions-by-problem.ts";
import { alarmProofs } from "./0023-alarm-proofs.ts";
import { mixedDatasets } from "./0024-mixed-datasets.ts";
import { noDifficulty } from "./0025-no-difficulty.ts";
import type { Migration } from "./migration.ts";

export const ALL_MIGRATIONS: readonly Migration[] = [
  pipelinesAndRuns,
  attemptsAndAttention,
  outputHashes,
  datasets,
  recipes,
  compare,
  inference,
  cockpit,
  modelSources,
  launchQueue,
  oneComparison,
  writtenDefaults,
  peopleApart,
  wholeConversations,
  timeAtWork,
  searchedTexts,
  toursSample,
  keptDetails,
  shortTexts,
  problemSets,
  endpointAnswers,
  completionsByProblem,
  alarmProofs,
  mixedDatasets,
  noDifficulty,
];
