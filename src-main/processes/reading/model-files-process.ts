/** Entry of the process that reads or writes a model's files for the host; see model-files.ts. */
import { assertNever } from "#shared/errors.ts";
import { exportGguf } from "#main/core/formats/gguf/gguf-export.ts";
import { importGguf } from "#main/core/formats/gguf/gguf-import.ts";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { verifyCheckpoint } from "#main/engine/training/training-state.ts";
import { explainFileError } from "#main/platform/explain-file-error.ts";
import { ModelFileWork } from "./model-file-work.ts";
import type { ModelFileProgress } from "./model-file-work.ts";
import { serveReading } from "./serve-reading.ts";

serveReading((raw, give) => {
  const work = ModelFileWork.parse(raw);
  const onProgress = (done: number, total: number): void => {
    const progress: ModelFileProgress = { done, total };
    // Told, not waited for: the work is one call.
    void give(progress);
  };
  switch (work.kind) {
    case "import":
      importGguf({ ...work, onProgress });
      break;
    case "export":
      exportGguf({ ...work, onProgress });
      break;
    case "check":
      loadHubFolder(work.folder).close();
      break;
    case "verify-checkpoint":
      verifyCheckpoint(work.folder);
      break;
    default:
      assertNever(work);
  }
}, explainFileError);
