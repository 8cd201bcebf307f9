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
import { endpoints } from "./endpoints.ts";
import { models } from "./models.ts";
import { demo, pipelines } from "./pipelines.ts";
import { playground } from "./playground.ts";
import { problems } from "./problems.ts";
import { recipes } from "./recipes.ts";
import { runs } from "./runs.ts";
import { attention, settings, system } from "./system.ts";

export const contract = {
  system,
  settings,
  attention,
  demo,
  recipes,
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
  endpoints,
  playground,
};
export type Contract = typeof contract;
