/** The file to import: dropped, chosen, or named by its path on the host's machine. */
import { useRef, useState } from "react";
import type { DragEvent, ReactNode } from "react";
import { failureOf } from "#renderer/bridge/failure.ts";
import { formatBytes } from "../format.ts";
import { Meter } from "../pipelines/progress-line.tsx";
import { FailureNotice } from "../region-state.tsx";
import { uploadFile } from "./upload.ts";
import "./files.css";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface PickedFile {
  /** On the host's machine, or sent to it. */
  readonly file: { readonly path: string } | { readonly uploadId: string };
  readonly name: string;
}

const ENDINGS = ".jsonl,.ndjson,.json,.csv,.tsv,.parquet";

export interface FilePickerProps {
  readonly picked: PickedFile | undefined;
  readonly onPick: (picked: PickedFile) => void;
}

interface Sending {
  readonly name: string;
  readonly sent: number;
  readonly bytes: number;
}

export function FilePicker({ picked, onPick }: FilePickerProps): ReactNode {
  const [path, setPath] = useState("");
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending>();
  const [failure, setFailure] = useState<Failure>();
  const running = useRef<AbortController>(undefined);
  const chooser = useRef<HTMLInputElement>(null);
  const send = async (file: File): Promise<void> => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setFailure(undefined);
    setSending({ name: file.name, sent: 0, bytes: file.size });
    try {
      const uploadId = await uploadFile(
        file,
        (sent) => setSending({ name: file.name, sent, bytes: file.size }),
        abort.signal,
      );
      onPick({ file: { uploadId }, name: file.name });
    } catch (error) {
      if (!abort.signal.aborted) setFailure(failureOf(error));
    }
    if (running.current === abort) setSending(undefined);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) void send(file);
  };
  return (
    <div>
      <div
        className={over ? "dropzone over" : "dropzone"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <span className="t2">
          {picked === undefined ? "Drop a JSONL, JSON, CSV or Parquet file" : picked.name}
        </span>
        <button type="button" className="btn small" onClick={() => chooser.current?.click()}>
          Choose a file…
        </button>
        <input
          ref={chooser}
          type="file"
          hidden
          aria-label="File to import"
          accept={ENDINGS}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void send(file);
            event.currentTarget.value = "";
          }}
        />
      </div>
      {sending !== undefined && (
        <div className="s12 sending" role="status">
          <div className="flex">
            <span className="grow ell">Sending {sending.name}</span>
            <span className="t3 nowrap">
              {formatBytes(sending.sent)} of {formatBytes(sending.bytes)}
            </span>
            <button
              type="button"
              className="linkbtn"
              onClick={() => {
                running.current?.abort();
                setSending(undefined);
              }}
            >
              Cancel
            </button>
          </div>
          <Meter
            share={sending.bytes === 0 ? undefined : sending.sent / sending.bytes}
            live
            label="Sending the file"
          />
        </div>
      )}
      {failure !== undefined && <FailureNotice failure={failure} />}
      <form
        className="flex pathform"
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== "") onPick({ file: { path: path.trim() }, name: path.trim() });
        }}
      >
        <label className="grow">
          <span className="visually-hidden">Path on the host&apos;s machine</span>
          <input
            className="input mono"
            value={path}
            spellCheck={false}
            placeholder="or its path on the host"
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className="btn" disabled={path.trim() === ""}>
          Look
        </button>
      </form>
    </div>
  );
}
