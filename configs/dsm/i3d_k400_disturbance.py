# Table 4, "-, M-disturb": the positive is but cropped, the negative is shifted and scaled.
_base_ = './i3d_k400.py'

model = dict(data_preprocessor=dict(views=dict(positive=[])))
