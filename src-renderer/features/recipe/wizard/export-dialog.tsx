/** The recipe for another trainer: its files to save, and everything that has no counterpart there. */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatBytes } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { saveText } from "#renderer/ui/save-text.ts";

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
              {exported.files.map((file) => (
                <tr key={file.name}>
                  <td className="mono">{file.name}</td>
                  <td className="num">{formatBytes(file.text.length)}</td>
                  <td className="num">
                    <button
                      type="button"
                      className="linkbtn"
                      onClick={() =>
                        saveText({
                          name: file.name.replaceAll("/", "-"),
                          mediaType: "text/plain",
                          text: file.text,
                        })
                      }
                    >
                      Save<span className="visually-hidden"> {file.name}</span>
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
