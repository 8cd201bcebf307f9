/** What a hub id means, and which files of the model are needed. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { hubGet } from "./hub-request.ts";
import type { HubRequest } from "./hub-request.ts";

/** `owner/name`, perhaps with `@revision`, perhaps with `:file.gguf`. */
export interface HubId {
  readonly repository: string;
  readonly revision: string;
  readonly file: string | undefined;
}

export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** Git's object id (SHA-1), or the SHA-256 of a large file. */
  readonly hash: { readonly kind: "git" | "sha256"; readonly value: string };
}

export interface HubListing {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
const ID = new RegExp(
  `^(${PART}/${PART})(?:@([A-Za-z0-9][\\w./-]{0,120}))?(?::([\\w./ -]+\\.gguf))?$`,
);

/** Parses an id; undefined for texts that are none. */
export function parseHubId(text: string): HubId | undefined {
  const [, repository, revision = "main", file] = ID.exec(text) ?? [];
  const unsafe = [repository, revision, file].some((part) => part?.includes("..") === true);
  return repository === undefined || unsafe ? undefined : { repository, revision, file };
}

const hash = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const listingSchema = z.looseObject({
  sha: hash(40),
  siblings: z.array(
    z.looseObject({
      rfilename: z.string(),
      size: z.int().nonnegative().optional(),
      blobId: hash(40).optional(),
      lfs: z.looseObject({ sha256: hash(64), size: z.int().nonnegative() }).nullish(),
    }),
  ),
});

/** The files of a model at a revision. @throws as hubGet */
export async function listHubModel(
  id: HubId,
  request: Omit<HubRequest, "what">,
): Promise<HubListing> {
  const { endpoint } = request.environment;
  const url = `${endpoint}/api/models/${id.repository}/revision/${encodeURIComponent(id.revision)}?blobs=true`;
  const what = `model ${id.repository}${id.revision === "main" ? "" : ` at ${id.revision}`}`;
  const answer = await hubGet(url, { ...request, what });
  const checked = listingSchema.safeParse(await answer.json().catch(() => undefined));
  if (!checked.success) {
    throw new AppError(
      "DOWNLOAD_FAILED",
      `${endpoint} answered for ${what}, but not as the hub does.`,
      "Check HF_ENDPOINT: it must name the hub or a mirror of it.",
    );
  }
  const { sha, siblings } = checked.data;
  return {
    repository: id.repository,
    commit: sha,
    files: siblings.flatMap(({ rfilename: path, size, blobId, lfs }): HubFile[] => {
      // A name that leads out of the folder is not taken.
      if (!/^[\w][\w. -]*$/.test(path) && path !== id.file) return [];
      if (lfs !== null && lfs !== undefined)
        return [{ path, bytes: lfs.size, hash: { kind: "sha256", value: lfs.sha256 } }];
      if (size === undefined || blobId === undefined) return [];
      return [{ path, bytes: size, hash: { kind: "git", value: blobId } }];
    }),
  };
}

/** Beside the weights: what Gradus, transformers and a reader of the folder need. */
const SMALL = [
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(merges\.txt|tokenizer\.model|chat_template\.(jinja|json))$/,
  /^(README\.md|LICENSE.*|NOTICE.*|USE_POLICY\.md)$/i,
];
const WEIGHTS = /^model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$/;

/**
 * The files to fetch: one GGUF file, or the weights as safetensors with config and tokenizer.
 * @throws AppError NOT_FOUND, BAD_CHECKPOINT
 */
export function neededFiles(id: HubId, listing: HubListing): readonly HubFile[] {
  const { files } = listing;
  if (id.file !== undefined) {
    const file = files.find(({ path }) => path === id.file);
    if (file !== undefined) return [file];
    throw new AppError(
      "NOT_FOUND",
      `${id.repository} has no file ${id.file}.`,
      ggufAdvice(id, files),
    );
  }
  const single = files.filter(({ path }) => path === "model.safetensors");
  const weights = single.length > 0 ? single : files.filter(({ path }) => WEIGHTS.test(path));
  if (weights.length === 0 || !files.some(({ path }) => path === "config.json")) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${id.repository} holds no model.safetensors with a config.json.`,
      ggufAdvice(id, files),
    );
  }
  return [...files.filter(({ path }) => SMALL.some((name) => name.test(path))), ...weights];
}

function ggufAdvice(id: HubId, files: readonly HubFile[]): string {
  const names = files.map(({ path }) => path).filter((path) => path.endsWith(".gguf"));
  return names.length === 0
    ? "Choose a model that has safetensors or GGUF files."
    : `Name one of its GGUF files: ${names
        .slice(0, 8)
        .map((name) => `${id.repository}:${name}`)
        .join(", ")}.`;
}
