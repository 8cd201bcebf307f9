/** Makes reasoning-gym's environment in .cache/gym, where the tests that need it look for it; kept from run to run. */
import { fileURLToPath } from "node:url";
import { GymEnvironment } from "#main/services/gym/gym-environment.ts";

const environment = new GymEnvironment(fileURLToPath(new URL("../.cache/gym", import.meta.url)));
if (environment.facts() === null) {
  const begun = performance.now();
  await environment.install(
    ({ phase, share }) => console.error(`${Math.round(100 * share)}% ${phase}`),
    new AbortController().signal,
  );
  console.error(`Made in ${((performance.now() - begun) / 1000).toFixed(0)} s.`);
}
console.log(environment.folder);
