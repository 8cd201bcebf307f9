/** Getting a model that is not in the catalogue: a hub id, a folder or a GGUF file. The host checks it before it is kept. */
import { useState } from "react";
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";

export interface GetFormProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function GetForm({ opened, onClose }: GetFormProps): ReactNode {
  const [source, setSource] = useState("");
  const [name, setName] = useState("");
  const act = useAct();
  const submit = (): void => {
    void act.run(async () => {
      await host.models.get({
        source: source.trim(),
        ...(name.trim() === "" ? {} : { name: name.trim() }),
      });
      setSource("");
      setName("");
      onClose();
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} label="Get a model" headed size={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="t2">
          Of the Qwen2, Qwen3 or Llama family: an id on the Hugging Face hub, a folder on this
          machine with config.json, tokenizer.json and safetensors, or a GGUF file. It is checked,
          then kept in the workspace.
        </p>
        <Labelled label="Hub id, folder or GGUF file" layout="above">
          <input
            className="input mono"
            data-autofocus
            value={source}
            spellCheck={false}
            placeholder="owner/name or /path/to/model.gguf"
            onChange={(event) => setSource(event.currentTarget.value)}
          />
        </Labelled>
        <Labelled label="Name here, if it should be another" layout="above">
          <input
            className="input"
            value={name}
            spellCheck={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Labelled>
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={act.busy || source.trim() === ""}>
            Get
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
