import eslint from "@eslint/js";
import { configs as lit } from "eslint-plugin-lit";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["**/dist", "node_modules", "eslint.config.js"] },
  eslint.configs.recommended,
  typescript.configs.strictTypeChecked,
  typescript.configs.stylisticTypeChecked,
  lit["flat/recommended"],
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true },
      ],
      // Whoever asks Home Assistant something says of which type the answer is.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // Lit binds event listeners to the element it renders for.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true },
      ],
    },
  },
);
