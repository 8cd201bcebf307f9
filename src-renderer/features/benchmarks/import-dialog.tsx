/** Importing a set of problems. Bad lines are listed before anything is written. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { BadLine } from "#shared/schema/benchmark.ts";
import { textOfFile } from "#shared/text-encoding.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { plural } from "#renderer/ui/format.ts";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";

interface Fields {
  readonly name: string;
  readonly instruction: string;
  readonly licence: string;
  readonly source: string;
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-|-$/gu, "")
    .slice(0, 64);
}

const FIELDS: readonly { readonly key: keyof Fields; readonly label: string }[] = [
  { key: "name", label: "Name" },
  { key: "instruction", label: "Instruction under each problem, e.g. how to give the answer" },
  { key: "licence", label: "Licence" },
  { key: "source", label: "Source" },
];

export function ImportDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState("");
  const [fields, setFields] = useState<Fields>({
    name: "",
    instruction: "",
    licence: "",
    source: "",
  });
  const [badLines, setBadLines] = useState<readonly BadLine[]>([]);
  const act = useAct();
  const submit = (skipBad: boolean): void => {
    void act.run(async () => {
      const imported = await host.benchmarks.import({
        ...fields,
        name: fields.name.trim(),
        id: slug(fields.name),
        text,
        skipBad,
      });
      setBadLines(imported.badLines);
      if (imported.set !== null) onClose();
    });
  };
  const ready = text !== "" && slug(fields.name) !== "";
  return (
    <Dialog opened label="Import a benchmark" headed size={560} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit(false);
        }}
      >
        <p className="t2">
          A JSONL file, one problem a line:{" "}
          <span className="mono">{'{"problem": "…", "answer": "…"}'}</span>. Answers are graded as
          mathematics: 1/2, 0.5 and 50% are equal.
        </p>
        <Labelled label="File" layout="above">
          <input
            className="input"
            type="file"
            accept=".jsonl,.json,.ndjson,.txt"
            data-autofocus
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file === undefined) return;
              setBadLines([]);
              if (fields.name === "")
                setFields({ ...fields, name: file.name.replace(/\.[a-z]+$/iu, "") });
              setText("");
              void act.run(async () => {
                setText(textOfFile(file.name, new Uint8Array(await file.arrayBuffer())));
              });
            }}
          />
        </Labelled>
        {FIELDS.map(({ key, label }) => (
          <Labelled key={key} label={label} layout="above">
            <input
              className="input"
              value={fields[key]}
              onChange={(event) => setFields({ ...fields, [key]: event.currentTarget.value })}
            />
          </Labelled>
        ))}
        {badLines.length > 0 && (
          <div role="alert">
            <p className="warn s12">
              {plural(badLines.length, "line")} cannot be used. Nothing was imported yet.
            </p>
            <ul className="scroll badlines s12" tabIndex={0} aria-label="Lines that cannot be used">
              {badLines.map(({ line, reason }) => (
                <li key={line}>
                  line {line}: {reason}
                </li>
              ))}
            </ul>
          </div>
        )}
        <DialogFoot act={act} onClose={onClose}>
          {badLines.length > 0 && (
            <button type="button" className="btn" disabled={act.busy} onClick={() => submit(true)}>
              Import the others
            </button>
          )}
          <button type="submit" className="btn primary" disabled={act.busy || !ready}>
            {act.busy ? "Reading" : "Import"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
