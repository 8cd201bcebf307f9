/** Importing a folder in hub layout. The host checks it before it copies anything. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { host } from "../../bridge/host.ts";
import { useAct } from "../../bridge/use-act.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNotice } from "../../ui/region-state.tsx";

export interface ImportFormProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onImported: (model: ModelRecord) => void;
}

export function ImportForm({ opened, onClose, onImported }: ImportFormProps): ReactNode {
  const [path, setPath] = useState("");
  const [name, setName] = useState("");
  const act = useAct();
  const submit = (): void => {
    void act.run(async () => {
      const model = await host.models.import({
        path: path.trim(),
        ...(name.trim() === "" ? {} : { name: name.trim() }),
      });
      onImported(model);
      setPath("");
      setName("");
      onClose();
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} label="Import a model" headed size={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="t2">
          A folder on this machine with config.json, tokenizer.json and safetensors, of the Qwen2,
          Qwen3 or Llama family. It is checked, then copied into the workspace.
        </p>
        <label className="field">
          <span className="s12 t2">Folder</span>
          <input
            className="input mono"
            data-autofocus
            value={path}
            spellCheck={false}
            placeholder="/path/to/model"
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          <span className="s12 t2">Name, if it should differ from the folder&apos;s</span>
          <input
            className="input"
            value={name}
            spellCheck={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={act.busy || path.trim() === ""}>
            {act.busy ? "Checking and copying" : "Import"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
