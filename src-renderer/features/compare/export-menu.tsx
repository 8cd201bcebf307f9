/** The comparison as a file: a page for reading, Markdown, a table, or everything as JSON. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { MenuButton } from "#renderer/ui/menu-button.tsx";
import { saveText } from "#renderer/ui/save-text.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";

const FORMATS = [
  { value: "html", label: "Report, one HTML page" },
  { value: "markdown", label: "Markdown" },
  { value: "csv", label: "Table, CSV" },
  { value: "json", label: "Everything, JSON" },
] as const;

type Format = (typeof FORMATS)[number]["value"];

export function ExportMenu({
  ids,
  baseline,
  published,
}: {
  readonly ids: readonly string[];
  readonly baseline: string;
  readonly published: readonly string[];
}): ReactNode {
  const act = useAct();
  const { run } = act;
  const save = useMemo(
    () => (format: Format) =>
      void run(async () => {
        const file = await host.compare.export({
          ids: [...ids],
          published: [...published],
          format,
          ...(baseline === "" ? {} : { baseline }),
        });
        saveText(file);
      }),
    [run, ids, baseline, published],
  );
  useCommands(
    useMemo(
      () =>
        FORMATS.map(({ value, label }) => ({
          id: `compare.export.${value}`,
          title: `Export: ${label}`,
          group: "This screen" as const,
          ...(value === "html" ? { keys: "X" } : {}),
          run: () => save(value),
        })),
      [save],
    ),
  );
  return (
    <>
      <MenuButton
        label="Export as"
        className="btn"
        items={FORMATS.map(({ value, label }) => ({
          id: value,
          label,
          notNow: act.busy ? "An export is under way." : undefined,
          run: () => save(value),
        }))}
      >
        Export as…
      </MenuButton>
      <button type="button" className="btn" disabled={act.busy} onClick={() => save("html")}>
        Export report <KeyCaps keys="X" />
      </button>
      {act.failure !== undefined && (
        <span className="s12 fail" role="alert">
          ✕ {act.failure.message}
        </span>
      )}
    </>
  );
}
