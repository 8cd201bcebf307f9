/** The contract's procedures: each validates through its schema, calls the application, and no more. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { benchmarkProcedures } from "./benchmarks.ts";
import { cockpitProcedures } from "./cockpit.ts";
import { compareProcedures } from "./compare.ts";
import { costProcedures } from "./cost.ts";
import { datasetProcedures } from "./datasets.ts";
import { gymProcedures } from "./gym.ts";
import { editProcedures } from "./edits.ts";
import { endpointProcedures } from "./endpoints.ts";
import { implementContract } from "./implementer.ts";
import type { Procedures } from "./implementer.ts";
import { demoProcedures } from "./starts.ts";
import { modelProcedures } from "./models.ts";
import { pipelineProcedures } from "./pipelines.ts";
import { playgroundProcedures } from "./playground.ts";
import { problemProcedures } from "./problems.ts";
import { recipeProcedures } from "./recipes.ts";
import { rewardProcedures } from "./rewards.ts";
import { runProcedures } from "./runs.ts";
import { attentionProcedures, settingsProcedures, systemProcedures } from "./system.ts";

/** The router over an application. Expected failures become the contract's errors; bugs are reported and stay anonymous. */
export function createRouter(app: Application): Procedures<Contract> {
  const os = implementContract(app);
  return os.router({
    system: systemProcedures(app, os),
    settings: settingsProcedures(app, os),
    attention: attentionProcedures(app, os),
    demo: demoProcedures(app, os),
    recipes: recipeProcedures(app, os),
    rewards: rewardProcedures(app, os),
    pipelines: pipelineProcedures(app, os),
    runs: runProcedures(app, os),
    cockpit: cockpitProcedures(app, os),
    models: modelProcedures(app, os),
    problems: problemProcedures(app, os),
    benchmarks: benchmarkProcedures(app, os),
    compare: compareProcedures(app, os),
    cost: costProcedures(app, os),
    datasets: datasetProcedures(app, os),
    edits: editProcedures(app, os),
    gym: gymProcedures(app, os),
    endpoints: endpointProcedures(app, os),
    playground: playgroundProcedures(app, os),
  });
}
