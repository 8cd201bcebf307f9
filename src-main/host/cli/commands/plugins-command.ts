/** `plugins`: tasks of one's own, in the workspace's folder `plugins/`. */
import type { Command } from "commander";
import { checkPlugin } from "#main/core/problems/plugins/check-plugin.ts";
import { findPlugins, readPlugin } from "#main/services/plugins/find-plugins.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { contextOf, withCommonOptions } from "../command-context.ts";
import { Failed, table } from "../printing/terminal.ts";

export function addPluginsCommands(program: Command): void {
  const plugins = program
    .command("plugins")
    .description("tasks of one's own, in the workspace's folder plugins");
  withCommonOptions(plugins.command("list"))
    .description("every plug-in with its version, or why it cannot be used")
    .action((_options: unknown, command: Command) => {
      const { terminal, workspace } = contextOf(command);
      const rows = findPlugins(workspace ?? dataFolder()).map((found) =>
        "refusal" in found
          ? { name: found.folder, refusal: found.refusal }
          : { ...found.plugin.manifest, hash: found.plugin.hash },
      );
      const lines = rows.map((row) =>
        "refusal" in row
          ? [row.name, "", row.refusal]
          : [row.name, `${row.version} (${row.hash.slice(0, 8)})`, row.title],
      );
      const none = "There is no plug-in yet: docs/tasks/README.md shows one.";
      terminal.result(
        rows,
        rows.length === 0 ? none : table(["plug-in", "version", ""], lines, []),
      );
    });
  withCommonOptions(plugins.command("check"))
    .description("tries a plug-in: gold accepted, wrong answers refused, seeds, splits, times")
    .argument("<name>", "its folder in plugins")
    .action(async (name: string, _options: unknown, command: Command) => {
      const { terminal, workspace } = contextOf(command);
      const plugin = readPlugin(workspace ?? dataFolder(), name);
      const sandbox = new SandboxPool({ workers: 1 });
      try {
        const report = await checkPlugin(sandbox, plugin);
        const lines = report.checks.map(({ name: what, ok, detail }) => [
          ok ? "ok" : "FAILS",
          what,
          detail,
        ]);
        const times = `${report.generateMs.toFixed(1)} ms a problem, ${report.verifyMs.toFixed(1)} ms an answer`;
        terminal.result(report, `${table(["", "check", ""], lines, [])}\n${times}`);
        if (!report.ok) throw new Failed();
      } finally {
        sandbox.close();
      }
    });
}
