import type { OpAttr } from "./graph-trace.ts";
import { AttrType } from "./tensorflow-library.ts";

export function typeAttr(name: string, value: number): OpAttr {
  return { name, type: AttrType.type, value };
}

export function boolAttr(name: string, value: boolean): OpAttr {
  return { name, type: AttrType.bool, value };
}
