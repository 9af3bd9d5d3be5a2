# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# An object's BTF, as this kernel and older ones know it.

take_fitted_btf() {
    btf_masks $OBJ/types.o >$RUN/masks
    case $? in
    0) ;;
    77) skip "this kernel takes no BTF" ;;
    *) note "$(cat $RUN/masks)" && fail "$(tail -n 1 $RUN/masks)" ;;
    esac
}

check "BTF fitted for older kernels is taken" take_fitted_btf
