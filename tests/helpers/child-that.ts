/** A child process that does what it is asked. */
import { z } from "zod";
import { HostChannel } from "#main/processes/host-channel.ts";

export const ChildThat = z.enum(["counts", "has a bug", "hangs", "prints", "says nonsense"]);
export type ChildThat = z.infer<typeof ChildThat>;

const channel = new HostChannel<ChildThat, { readonly said: unknown }>({
  requests: ChildThat,
  request: async (request) => {
    switch (request) {
      case "counts":
        for (let i = 0; i < 2000; i++) channel.send({ said: i });
        channel.end();
        channel.send({ said: "after the end" });
        return;
      case "has a bug":
        await Promise.reject(new Error("a bug"));
        return;
      case "hangs":
        setInterval(() => undefined, 1000);
        channel.send({ said: "hanging" });
        return;
      case "prints":
        console.log("printed");
        console.error("printed as an error");
        channel.end();
        return;
      default:
        channel.end({ said: { nested: true } });
    }
  },
  lastWord: (error) => ({ said: error instanceof Error ? error.message : error }),
});
