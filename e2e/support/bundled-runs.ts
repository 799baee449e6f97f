/** Runs of the bundled project, by what was done before them; the full figures stand in bundled/EXPECTED.json. */
export const bundledRuns = {
  alphaChanged: "project-tumour-lab-20261123023812-9f60b212",
  codeChanged: "project-tumour-lab-20261123023823-470d7f02",
  dataChanged: "project-tumour-lab-20261123023839-10fef063",
  first: "project-tumour-lab-20261123023744-bb18ac68",
  nothingChanged: "project-tumour-lab-20261123023806-32364b5e",
  seedChanged: "project-tumour-lab-20261123024024-52214695",
} as const;
