import { defineConfig } from "vite";

import { oneModule } from "./build/one-module.ts";

export default defineConfig({
  plugins: [oneModule({ limit: 150 * 1000 })],
  build: {
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "src/index.ts",
      output: {
        format: "es",
        codeSplitting: false,
        entryFileNames: "panel-[hash].js",
      },
    },
  },
  test: { include: ["test/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
