/** Entry of a worker for JavaScript; see sandbox-worker.ts. */
import { JavaScript } from "#main/sandbox/javascript.ts";
import { serveSandbox } from "./serve-sandbox.ts";

await serveSandbox(() => JavaScript.open());
