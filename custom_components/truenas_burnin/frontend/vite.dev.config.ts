import { defineConfig } from "vite";

/** The panel with a pretended Home Assistant: for development, tests and pictures. */
export default defineConfig({
  root: "dev",
  base: "./",
  build: { outDir: "dist", emptyOutDir: true, target: "es2022" },
  server: { fs: { allow: [".."] } },
});
