import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";

/**
 * Make sure that the build is exactly one module, and no larger than `limit`
 * bytes when gzipped; say in `manifest.json` what it is called.
 */
export function oneModule({ limit }: { limit: number }): Plugin {
  return {
    name: "one-module",
    generateBundle(_options, bundle) {
      const [file, ...others] = Object.values(bundle);
      if (file?.type !== "chunk" || others.length > 0) {
        this.error(`expected one module, got ${Object.keys(bundle).join(", ")}`);
      }
      const size = gzipSync(file.code).length;
      if (size > limit) {
        this.error(`${file.fileName} has ${size} bytes gzipped; ${limit} are allowed`);
      }
      this.info(`${size} bytes gzipped`);
      this.emitFile({
        type: "asset",
        fileName: "manifest.json",
        source: `${JSON.stringify({ panel: file.fileName })}\n`,
      });
    },
  };
}
