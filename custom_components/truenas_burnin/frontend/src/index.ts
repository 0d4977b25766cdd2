import "./panel";
