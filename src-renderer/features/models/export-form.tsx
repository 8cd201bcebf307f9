/** Writing a model for other programs: a folder in hub layout, or one GGUF file. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { ExportFormat } from "#shared/schema/model.ts";
import type { ModelRecord } from "#shared/schema/system.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatBytes } from "#renderer/ui/format.ts";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";
import { Segments } from "#renderer/ui/segments.tsx";

const FORMATS = [
  { value: "hub", label: "Hub layout" },
  { value: "gguf-f16", label: "GGUF F16" },
  { value: "gguf-q8_0", label: "GGUF Q8_0" },
] as const;
const OF_RUNS = [...FORMATS, { value: "peft", label: "PEFT adapter" }] as const;

const SAID: Readonly<Record<ExportFormat, string>> = {
  hub: "A folder with safetensors, config, tokenizer and card, for transformers and the hub.",
  "gguf-f16":
    "One file for llama.cpp: half-precision matrices, tokenizer and chat template inside.",
  "gguf-q8_0":
    "One file for llama.cpp in about half of F16's size: 8-bit matrices, rounded in blocks of 32.",
  peft: "A folder with only the adapter that the run trained, for peft. The model above has it merged.",
};

export interface ExportFormProps {
  readonly model: ModelRecord;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function ExportForm({ model, opened, onClose }: ExportFormProps): ReactNode {
  const [format, setFormat] = useState<ExportFormat>("hub");
  const [path, setPath] = useState("");
  const [written, setWritten] = useState<{ path: string; bytes: number }>();
  const act = useAct();
  const isFolder = format === "hub" || format === "peft";
  const submit = (): void => {
    setWritten(undefined);
    void act.run(async () => {
      setWritten(await host.models.export({ id: model.id, path: path.trim(), format }));
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} label={`Export ${model.name}`} headed size={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Segments
          label="Format"
          segments={model.origin === "output" ? OF_RUNS : FORMATS}
          value={format}
          onChange={setFormat}
        />
        <p className="t2" style={{ marginTop: 8 }}>
          {SAID[format]}
        </p>
        <Labelled label={isFolder ? "New folder" : "New file"} layout="above">
          <input
            className="input mono"
            data-autofocus
            value={path}
            spellCheck={false}
            placeholder={isFolder ? "/path/to/folder" : "/path/to/model.gguf"}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </Labelled>
        {written !== undefined && (
          <p className="s12 t2" role="status" style={{ marginTop: 12, overflowWrap: "anywhere" }}>
            Written: {written.path}, {formatBytes(written.bytes)}
          </p>
        )}
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={act.busy || path.trim() === ""}>
            {act.busy ? "Writing" : "Export"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
