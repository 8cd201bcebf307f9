/** reasoning-gym's environment for tests, made by `npm run gym` in .cache/gym. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { GymEnvironment } from "#main/services/gym/gym-environment.ts";
import type { Need } from "./need.ts";

const MADE = resolve(import.meta.dirname, "../../.cache/gym");

export const GYM: Need = {
  met: new GymEnvironment(MADE).facts() !== null,
  how: "install reasoning-gym: npm run gym",
};

/** Lends the environment to a workspace. */
export function lendGym(workspace: string): GymEnvironment {
  mkdirSync(workspace, { recursive: true });
  symlinkSync(join(MADE, "python"), join(workspace, "python"), "junction");
  return new GymEnvironment(workspace);
}
