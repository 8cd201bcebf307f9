/** Entry of an engine process: one stage, then the end. Started by the host's supervisor. */
import { tf } from "#main/engine/runtime/tf.ts";
import { runStage } from "#main/engine/stages/run-stage.ts";
import { serveStage } from "./serve-stage.ts";

serveStage(runStage, () => tf.engine().state.numTensors);
