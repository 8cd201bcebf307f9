/** The recipe for another trainer: its files to save, and everything that has no counterpart there. */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatBytes } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { saveBlob } from "#renderer/ui/save-text.ts";

type Exported = Awaited<ReturnType<typeof host.recipes.export>>;

export function ExportDialog({
  opened,
  yaml,
  onClose,
}: {
  readonly opened: boolean;
  readonly yaml: string;
  readonly onClose: () => void;
}): ReactNode {
  const [target, setTarget] = useState<"trl" | "verl">("trl");
  const [answer, setAnswer] = useState<(Exported & { readonly for: string }) | undefined>();
  const { run, failure } = useAct();
  useEffect(() => {
    if (!opened) return;
    void run(async () =>
      setAnswer({ ...(await host.recipes.export({ yaml, target })), for: target }),
    );
  }, [opened, yaml, target, run]);
  const exported = answer?.for === target ? answer : undefined;
  const files = exported === undefined ? [] : filesOf(exported);
  return (
    <Dialog opened={opened} onClose={onClose} label="Export" headed closable size={680}>
      <div className="flex">
        <Segments
          label="For which trainer"
          value={target}
          onChange={setTarget}
          segments={[
            { value: "trl", label: "TRL 1.16" },
            { value: "verl", label: "verl 0.9" },
          ]}
        />
        <span className="s12 t3">
          the command line writes them to a folder: gradus recipes export --to {target}
        </span>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} />}
      {exported !== undefined && (
        <>
          <table style={{ marginTop: 12 }}>
            <thead>
              <tr>
                <th>File</th>
                <th className="num">Size</th>
                <th>
                  <span className="visually-hidden">Save</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ name, blob }) => (
                <tr key={name}>
                  <td className="mono">{name}</td>
                  <td className="num">{formatBytes(blob.size)}</td>
                  <td className="num">
                    <button
                      type="button"
                      className="linkbtn"
                      onClick={() => saveBlob(name.replaceAll("/", "-"), blob)}
                    >
                      Save<span className="visually-hidden"> {name}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3 className="s12 med" style={{ margin: "16px 0 4px" }}>
            {exported.unmapped.length === 0
              ? "Everything has a counterpart"
              : "Without a counterpart"}
          </h3>
          <ul className="s12 unmapped">
            {exported.unmapped.map((one) => (
              <li key={`${one.path} ${one.why}`}>
                <span className="mono">
                  {one.path} = {JSON.stringify(one.value)}
                </span>{" "}
                <span className="t2">{one.why}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

function filesOf({ files, data }: Exported): { readonly name: string; readonly blob: Blob }[] {
  return [
    ...files.map(({ name, text }) => ({ name, blob: new Blob([text], { type: "text/plain" }) })),
    ...data.map(({ name, base64 }) => ({
      name,
      blob: new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], {
        type: "application/vnd.apache.parquet",
      }),
    })),
  ];
}
