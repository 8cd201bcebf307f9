/** A path in one line whose end is always there: of two in one folder the end is what tells them apart. */
import type { ReactNode } from "react";
import { splitPath } from "./split-path.ts";

export function PathText({ path }: { readonly path: string }): ReactNode {
  const [head, tail] = splitPath(path);
  return (
    <span className="pathtext" title={path}>
      <span className="ell">{head}</span>
      <span className="ell">{tail}</span>
    </span>
  );
}
