/** Goes to the dataset when the import's records are there, all of them. */
import { currentAddress, hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";

const ASK_EVERY_MS = 400;

/** Gives how the import ended. */
export async function followToDataset(jobId: string): Promise<DatasetJob> {
  for (;;) {
    const job = await host.datasets.jobs.get({ jobId });
    const stillHere = currentAddress().path[1] === "import";
    if (job.state === "finished" && job.datasetId !== null && job.bad === 0 && stillHere)
      navigate(hrefTo(["dataset", job.datasetId]));
    if (job.state !== "running") return job;
    await new Promise((resolve) => {
      window.setTimeout(resolve, ASK_EVERY_MS);
    });
  }
}
