"""A scenario at many parameter values at once: payoffs as arrays, or coefficients of affine games."""
