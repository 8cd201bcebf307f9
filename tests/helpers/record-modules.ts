/** For NODE_OPTIONS=--import: notes every module that a process or a thread of it loads, in RECORDED_MODULES/PID. */
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";

const file = join(process.env["RECORDED_MODULES"] ?? "", String(process.pid));

registerHooks({
  load: (url, context, nextLoad) => {
    appendFileSync(file, `${url}\n`);
    return nextLoad(url, context);
  },
});
