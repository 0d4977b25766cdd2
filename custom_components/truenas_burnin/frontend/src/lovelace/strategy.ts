import type { Hass } from "../data/hass";
import { element } from "../element";
import { Translate } from "../i18n/translate";
import { devices } from "./devices";
import {
  driveSection,
  heatSection,
  problemSection,
  systemSection,
  underWaySection,
  type Config,
} from "./sections";

const TYPE = "truenas-burnin";

/** Makes a dashboard of stock cards from the drives there are. */
@element(`ll-strategy-dashboard-${TYPE}`)
export class BurnInStrategy extends HTMLElement {
  /** The dashboard is made again when one of these changes: drives come and go. */
  static registryDependencies = ["devices", "entities"];

  static getCreateSuggestions(hass: Hass): { title: string; icon: string } {
    return {
      title: new Translate(hass.locale.language).text("dashboard.title"),
      icon: "mdi:harddisk",
    };
  }

  static generate(_config: unknown, hass: Hass): Promise<Config> {
    return Promise.resolve(dashboard(hass));
  }
}

/** Return the dashboard's configuration. */
export function dashboard(hass: Pick<Hass, "devices" | "entities" | "locale">): Config {
  const t = new Translate(hass.locale.language);
  const { systems, drives } = devices(hass);
  const sections = [
    problemSection(t, drives),
    ...systems.map((system) => systemSection(t, system)),
    underWaySection(t, drives),
  ].filter((section) => section !== null);
  return {
    title: t.text("dashboard.title"),
    views: [
      {
        title: t.text("dashboard.overview"),
        path: "overview",
        icon: "mdi:view-dashboard",
        type: "sections",
        max_columns: 3,
        sections,
      },
      {
        title: t.text("dashboard.drives"),
        path: "drives",
        icon: "mdi:harddisk",
        type: "sections",
        max_columns: 3,
        sections: [driveSection(t, drives), heatSection(t, drives)],
      },
    ],
  };
}

/** Offer the strategy under "New dashboard". */
export function offerStrategy(): void {
  const t = new Translate(document.documentElement.lang || "en");
  const offers = ((window as { customStrategies?: Config[] }).customStrategies ??= []);
  if (offers.some(({ type }) => type === TYPE)) return;
  offers.push({
    type: TYPE,
    strategyType: "dashboard",
    name: t.text("dashboard.title"),
    description: t.text("dashboard.description"),
  });
}
