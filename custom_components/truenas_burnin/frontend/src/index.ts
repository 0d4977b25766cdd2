import { offerCard } from "./lovelace/card";
import { offerStrategy } from "./lovelace/strategy";
import "./panel";

offerCard();
offerStrategy();
