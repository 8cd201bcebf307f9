/** A host in which things go wrong that nobody catches; it says so when it has gone on. */
import { catchBugs } from "#main/host/catch-bugs.ts";

const bugs: string[] = [];
const end = catchBugs({ reportBug: (error) => bugs.push(String(error)) });
void Promise.reject(new Error("a promise"));
setTimeout(() => {
  throw new Error("a timer");
}, 1);
setTimeout(() => {
  throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
}, 2);
setTimeout(() => {
  end();
  process.stdout.write(JSON.stringify(bugs));
}, 50);
