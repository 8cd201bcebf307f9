/**
 * Everything a window can ask of the host. One router, spoken over HTTP and WebSocket (serve), over
 * a MessagePort (Electron) and, in-process, by the command line.
 */
import { cockpit } from "./cockpit.ts";
import { benchmarks } from "./benchmarks.ts";
import { compare } from "./compare.ts";
import { cost } from "./cost.ts";
import { datasets } from "./datasets.ts";
import { edits } from "./edits.ts";
import { gym } from "./gym.ts";
import { endpoints } from "./endpoints.ts";
import { models } from "./models.ts";
import { demo, pipelines } from "./pipelines.ts";
import { playground } from "./playground.ts";
import { problems } from "./problems.ts";
import { recipes } from "./recipes.ts";
import { rewards } from "./rewards.ts";
import { runs } from "./runs.ts";
import { attention, settings, system } from "./system.ts";

/** Written out by name: the whole, inferred, is longer than the compiler writes into a declaration. */
export type Contract = {
  readonly system: typeof system;
  readonly settings: typeof settings;
  readonly attention: typeof attention;
  readonly demo: typeof demo;
  readonly recipes: typeof recipes;
  readonly rewards: typeof rewards;
  readonly pipelines: typeof pipelines;
  readonly runs: typeof runs;
  readonly cockpit: typeof cockpit;
  readonly models: typeof models;
  readonly problems: typeof problems;
  readonly benchmarks: typeof benchmarks;
  readonly compare: typeof compare;
  readonly cost: typeof cost;
  readonly datasets: typeof datasets;
  readonly edits: typeof edits;
  readonly gym: typeof gym;
  readonly endpoints: typeof endpoints;
  readonly playground: typeof playground;
};

export const contract: Contract = {
  system,
  settings,
  attention,
  demo,
  recipes,
  rewards,
  pipelines,
  runs,
  cockpit,
  models,
  problems,
  benchmarks,
  compare,
  cost,
  datasets,
  edits,
  gym,
  endpoints,
  playground,
};
