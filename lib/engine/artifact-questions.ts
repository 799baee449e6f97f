import type { ContentSigner } from "../auth/signature.ts";
import type { ArtifactsQuery, CatalogReader, ViewerScope } from "../catalog/contract.ts";
import type { Previewer } from "../codecs/previewer.ts";
import { releaseBuffers } from "../contracts/release-buffers.ts";
import type { Artifact, ArtifactDetail } from "../domain/entry.ts";
import { AppError } from "../domain/errors.ts";
import type { Preview } from "../domain/preview.ts";
import type { Page } from "../domain/source.ts";
import { maySee, scopeIn, type Viewer } from "../domain/viewer.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import { lookIn } from "./scope.ts";
import type { SourceRegistry } from "./source-questions.ts";

/** A part of a download, and how many are on their way: a bucket far off takes its time for each. */
const partBytes = 2 * 1024 * 1024;
const partsAhead = 2;
const everything: ViewerScope = { experiments: null };

export interface ContentStream {
  name: string;
  mediaType: string;
  bytes: number;
  modifiedAt: number | null;
  token: string;
  /** Bytes `[start, end]`, read as they are asked for; throws `conflict` when the artifact changes meanwhile. */
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
}

export interface ArtifactQuestions {
  artifacts(
    viewer: Viewer,
    query: Omit<ArtifactsQuery, "sources" | "scope"> & { source?: string },
  ): Promise<Page<Artifact>>;
  artifact(viewer: Viewer, source: string, artifact: string): Promise<ArtifactDetail>;
  preview(viewer: Viewer, source: string, artifact: string, range: { offset: number; limit: number }): Promise<Preview>;
  /** Rights: a viewer, or a valid signature instead of one. */
  content(
    who: Viewer | { expires: number; signature: string },
    source: string,
    artifact: string,
  ): Promise<ContentStream>;
}

export function answerArtifacts(
  registry: SourceRegistry,
  reader: CatalogReader,
  sources: SourcesApi,
  previewer: Previewer,
  signer: ContentSigner,
): ArtifactQuestions {
  /** `viewer` null: a signature stands for one who could see it. */
  const find = async (viewer: Viewer | null, source: string, artifactId: string) => {
    registry.pick(viewer, source);
    const [artifact, place] = await Promise.all([
      reader.artifact(source, artifactId, viewer ? scopeIn(viewer, source) : everything),
      reader.locator(source, "artifact", artifactId),
    ]);
    if (!artifact || !place || !(viewer === null || maySee(viewer, source, place.experimentId))) {
      throw new AppError("not_found", "There is no such artifact in this source.", {
        remedy: "It may have been deleted since; the list of artifacts shows what is there.",
      });
    }
    return { artifact, locator: place.locator };
  };
  const stat = async (source: string, locator: string) => {
    const found = await sources.statArtifact(source, locator);
    if (found) return found;
    throw new AppError("gone", "The file of this artifact is gone.", {
      remedy: "It was there when the source was last read; it has been removed since.",
    });
  };

  return {
    artifacts: async (viewer, { source, ...query }) =>
      reader.artifacts({ ...query, ...(await lookIn(registry, reader, viewer, source)) }),

    async artifact(viewer, source, artifactId) {
      const { artifact } = await find(viewer, source, artifactId);
      const contentUrl = `/api/v1/sources/${source}/artifacts/${artifactId}/content${signer.sign(source, artifactId)}`;
      return { ...artifact, contentUrl };
    },

    async preview(viewer, source, artifactId, range) {
      const { artifact, locator } = await find(viewer, source, artifactId);
      const { bytes, token } = await stat(source, locator);
      const read = async (offset: number, length: number) => {
        const part = await sources.readArtifact(source, locator, { offset, length }, token);
        return part ?? new Uint8Array();
      };
      return previewer.preview({ name: artifact.name, mediaType: artifact.mediaType, size: bytes }, range, read);
    },

    async content(who, source, artifactId) {
      const signed = "signature" in who;
      if (signed && !signer.isValid(source, artifactId, who)) {
        throw new AppError("unauthenticated", "This address is no longer valid.", {
          remedy: "Open the artifact's page for a new one; it holds for five minutes.",
        });
      }
      const { artifact, locator } = await find(signed ? null : who, source, artifactId);
      const { bytes, modifiedAt, token } = await stat(source, locator);
      return {
        name: artifact.name,
        mediaType: artifact.mediaType,
        bytes,
        modifiedAt,
        token,
        async *read(start, end) {
          const readPart = async (offset: number) => {
            const length = Math.min(partBytes, end - offset + 1);
            const part = await sources.readArtifact(source, locator, { offset, length }, token);
            if (part?.length === length) return part;
            throw new AppError("conflict", "The artifact changed while it was being read.");
          };
          const coming: Promise<Uint8Array>[] = [];
          for (let offset = start; offset <= end || coming.length > 0; ) {
            for (; offset <= end && coming.length < partsAhead; offset += partBytes) {
              const part = readPart(offset);
              // It may fail while nobody waits for it; its turn tells.
              part.catch(() => undefined);
              coming.push(part);
            }
            const part = (await coming.shift())!;
            yield part;
            releaseBuffers(part.length);
          }
        },
      };
    },
  };
}
