/** A host to be killed while it brings a workspace of an older version up to date. */
import { Application } from "#main/services/application.ts";

const [workspace = ""] = process.argv.slice(2);
console.log("opens");
const app = new Application({ workspace, shell: "cli" });
console.log("open");
await app.close();
