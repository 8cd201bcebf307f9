/** In what precision the factors of matrix products are; sums and weights are float32. */
export type Precision = "float32" | "bfloat16";
