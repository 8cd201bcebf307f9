/** Entry of a worker for Python; see sandbox-worker.ts. */
import { Python } from "#main/sandbox/python.ts";
import { serveSandbox } from "./serve-sandbox.ts";

await serveSandbox(() => Python.open());
